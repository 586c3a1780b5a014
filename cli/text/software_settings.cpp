#include "cli/text/software_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace writebench::cli {
namespace {

constexpr std::array<Software, 8> kSoftware{{
    {.name = "c",
     .title = "C",
     .each_line = "write(fd, line, size), or fflush(file) after each line",
     .buffer = "setvbuf(file, buffer, _IOFBF, #) before the first write (glibc ignores the size if buffer is NULL)",
     .usual_buffer = "fopen() as it is: stdio has a buffer of st_blksize, mostly 4096 bytes",
     .lock = "stdio locks each call by itself (flockfile(3)); a mutex around your own buffer",
     .thread = "a thread of your own that takes lines from a bounded queue",
     .sync = "fflush(file), then fdatasync(fileno(file))"},
    {.name = "c++",
     .title = "C++",
     .each_line = "out << line << std::flush",
     .buffer = "out.rdbuf()->pubsetbuf(buffer, #) before out.open(path)",
     .usual_buffer = "std::ofstream as it is, with '\\n' instead of std::endl",
     .lock = "a std::mutex around the stream",
     .thread = "a std::jthread of your own that takes lines from a bounded queue",
     .sync = "out.flush(), then fdatasync(2) on a descriptor of the file"},
    {.name = "spdlog",
     .title = "spdlog",
     .each_line = "logger->flush_on(spdlog::level::trace)",
     .buffer = "file_event_handlers::after_open, which calls setvbuf(file, buffer, _IOFBF, #)",
     .usual_buffer = "basic_file_sink_st as it is, which writes by stdio",
     .lock = "basic_file_sink_mt instead of _st",
     .thread = "spdlog::init_thread_pool(8192, 1), then spdlog::create_async<spdlog::sinks::basic_file_sink_mt>()",
     .sync = "a sink of your own that calls fdatasync(2) in flush_()"},
    {.name = "python",
     .title = "Python",
     .each_line = "open(path, \"ab\", buffering=0), one write() for each line",
     .buffer = "open(path, \"ab\", buffering=#)",
     .usual_buffer = "open(path, \"a\") as it is: no await, and no flush()",
     .lock = "a binary file of open() locks each call by itself; a threading.Lock if a line takes several calls",
     .thread =
         "logging.handlers.QueueHandler and QueueListener, or a thread that takes lines from queue.Queue(maxsize)",
     .sync = "file.flush(), then os.fdatasync(file.fileno())"},
    {.name = "java",
     .title = "Java",
     .each_line = "FileChannel.write(line) for each line",
     .buffer = "new BufferedOutputStream(Files.newOutputStream(path, CREATE, APPEND), #)",
     .usual_buffer = "Files.newBufferedWriter(path) as it is",
     .lock = "BufferedWriter and BufferedOutputStream lock each call by themselves",
     .thread = "one thread that takes lines from an ArrayBlockingQueue; in Log4j an AsyncAppender",
     .sync = "flush(), then FileChannel.force(false)"},
    {.name = "go",
     .title = "Go",
     .each_line = "file.Write(line) for each line",
     .buffer = "bufio.NewWriterSize(file, #), and Flush() at the end",
     .usual_buffer = "bufio.NewWriter(file), and Flush() at the end",
     .lock = "a sync.Mutex around the bufio.Writer",
     .thread = "one goroutine that takes lines from a channel with a capacity",
     .sync = "w.Flush(), then file.Sync()"},
    {.name = "rust",
     .title = "Rust",
     .each_line = "file.write_all(line) on the File itself",
     .buffer = "BufWriter::with_capacity(#, file), and flush() at the end",
     .usual_buffer = "BufWriter::new(file), and flush() at the end",
     .lock = "a Mutex<BufWriter<File>>",
     .thread = "tracing_appender::non_blocking(file), or a thread that takes lines from mpsc::sync_channel",
     .sync = "flush(), then file.sync_data()"},
    {.name = "node",
     .title = "Node.js",
     .each_line = "fs.writeSync(fd, line) for each line",
     .buffer = "collect lines up to # bytes, then fs.writeSync(fd, lines.join(''))",
     .usual_buffer = "collect lines, then fs.writeSync(fd, lines.join(''))",
     .lock = "the event loop is one thread, so there is nothing to lock",
     .thread = "fs.createWriteStream(path, {flags: 'a'}); wait for 'drain' when write() returns false",
     .sync = "fs.fdatasyncSync(fd)"},
}};

}  // namespace

std::span<const Software> software() { return kSoftware; }

std::string setting_in(std::string_view name, const WayToWrite& way) {
  const auto found =
      std::find_if(kSoftware.begin(), kSoftware.end(), [&](const Software& one) { return one.name == name; });
  if (found == kSoftware.end()) return "";
  std::string buffer(way.buffer_bytes > 0 ? found->buffer : found->usual_buffer);
  if (const std::size_t mark = buffer.find('#'); mark != std::string::npos) {
    buffer.replace(mark, 1, std::to_string(way.buffer_bytes));
  }
  std::string text = fmt::format("In {}: ", found->title);
  using enum WayToWrite::Kind;
  switch (way.kind) {
    case kEachLine: text += found->each_line; break;
    case kBuffer: text += buffer; break;
    case kLock: text += fmt::format("{}; {}", buffer, found->lock); break;
    case kThread: text += found->thread; break;
    case kKernel:
      text += fmt::format(
          "no standard library has it. The nearest: {}. Ask again with --strategy to see what that costs", buffer);
      break;
  }
  if (way.synced) text += fmt::format(". To sync: {}", found->sync);
  return text + ".";
}

}  // namespace writebench::cli
