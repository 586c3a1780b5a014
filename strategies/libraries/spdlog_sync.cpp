// A synchronous logger of spdlog 1.10 on its basic_file_sink, with the pattern %v: what many services have. For each
// line the logger reads the clock and the thread's number, takes the mutex of the sink, formats the record into a
// buffer on the stack (which copies the text), and calls fwrite(3), which copies it into stdio's buffer of 4 KiB. A
// full buffer is a write(2). Nothing is queued and nobody is woken.
//
// The library opens the path itself, with O_APPEND. It has no setting for the size of its buffer, so memory is bounded
// by that. The order is that of the caller. spdlog keeps its errors from the caller and prints some of them; here an
// error handler takes the first. stdio does not repeat a write that a signal has interrupted: that is an error too.
// Good: cheap enough for most logs. Bad: what is not text yet is formatted while the caller waits, and threads wait for
// each other.
#include "strategies/support/stdio_stream.hpp"
#include "strategies/support/without_library.hpp"

#if WRITEBENCH_HAS_SPDLOG
#include <spdlog/logger.h>

#include <exception>
#include <optional>

#include "strategies/libraries/spdlog_file.hpp"
#endif

namespace writebench::strategies {
#if WRITEBENCH_HAS_SPDLOG
namespace {

class SpdlogSync final : public Strategy {
 public:
  void prepare(Job& job) override {
    file_.open(job.file());
    logger_.emplace("log", file_.sink());
    logger_->set_error_handler([this](const std::string&) { error_ = std::make_exception_ptr(file_.write_error()); });
  }

  void run(Job& job) override {
    const bool each_line = job.each_line_durable();
    for (const std::string_view line : job.lines()) {
      logger_->log(spdlog::level::info, SpdlogFile::text_of(line));
      if (error_) std::rethrow_exception(error_);
      file_.appended(line.size());
      if (each_line) file_.flush();
    }
    job.submitted();
    file_.flush();
  }

  void close(Job& job) override {
    logger_.reset();
    file_.close();
    Strategy::close(job);
  }

 private:
  SpdlogFile file_;
  std::optional<spdlog::logger> logger_;
  std::exception_ptr error_;
};

}  // namespace
#endif

Descriptor spdlog_sync_entry() {
  Descriptor entry{.name = "spdlog-sync",
                   .family = "through a library",
                   .summary = "one caller, each line through a logger of spdlog",
                   .access = {.append = true, .by_name = true},
                   .simpler = {.strategy = "sync", .adds = "makes a log record per line"},
                   .may_lose_bytes = StdioStream::may_hold_bytes};
#if WRITEBENCH_HAS_SPDLOG
  entry.make = make_strategy<SpdlogSync>;
  return entry;
#else
  return without_library(std::move(entry), "libspdlog-dev");
#endif
}

}  // namespace writebench::strategies
