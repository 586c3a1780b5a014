// A stream of GIO, as programs of GNOME write files (GLib 2.74): a GBufferedOutputStream of --buffer-size over the
// GFileOutputStream of g_file_append_to(), and g_output_stream_write_all() for each line. A call checks its arguments'
// types and the stream's state several times, takes and drops references, and copies the line into the buffer; a full
// buffer is a write(2). A line is split where the buffer ends. There is no lock and no thread.
//
// The library opens the path itself, with O_APPEND, which is the way of a log: g_file_replace() would write a new file
// and rename it. It repeats interrupted writes and continues short ones. It has no sync for such a stream, so that goes
// through File. Memory is bounded by the buffer. The order is that of the caller. GLib ends the program if it gets no
// memory, so what it needs is tried beforehand. Good: the same calls write to a network share. Bad: a call costs more
// than the copy.
#include <cstdint>

#include "strategies/support/without_library.hpp"

#if WRITEBENCH_HAS_GIO
#include <cerrno>
#include <memory>
#include <optional>

#include "strategies/libraries/gio.hpp"
#include "strategies/support/library_file.hpp"
#include "strategies/support/library_needs.hpp"
#endif

namespace writebench::strategies {
#if WRITEBENCH_HAS_GIO
namespace {

class GlibOutputStream final : public Strategy {
 public:
  ~GlibOutputStream() override {
    if (stream_ != nullptr) gio_->object_unref(stream_);
  }

  void prepare(Job& job) override {
    const std::uint64_t buffer_bytes = job.value(kBufferSize);
    gio_ = &Gio::loaded();
    expect_memory(buffer_bytes + kSmallObjectsBytes);
    file_.emplace(job.file(), buffer_bytes, [&] { open(job.path(), buffer_bytes); });
  }

  void run(Job& job) override {
    const bool each_line = job.each_line_durable();
    const Gio& gio = *gio_;
    GError* error = nullptr;
    for (const std::string_view line : job.lines()) {
      if (!gio.output_stream_write_all(stream_, line.data(), line.size(), nullptr, nullptr, &error)) {
        throw write_error(error);
      }
      file_->appended(line.size());
      if (each_line) flush();
    }
    job.submitted();
    flush();
  }

  void close(Job& job) override {
    GError* error = nullptr;
    if (!gio_->output_stream_close(stream_, nullptr, &error)) {
      errno = gio_->error_number(error);
      if (errno != EINTR) throw file_->close_error();
    }
    Strategy::close(job);
  }

 private:
  static constexpr std::size_t kSmallObjectsBytes = 1 << 20;

  // Through the files of this machine alone: g_file_new_for_path() would look for modules that know others, and load
  // them. Leaves its error in errno.
  void open(const std::string& path, std::uint64_t buffer_bytes) {
    GFile* const name = gio_->vfs_get_file_for_path(gio_->vfs_get_local(), path.c_str());
    GFileOutputStream* base = nullptr;
    int error_number = 0;
    do {
      GError* error = nullptr;
      base = gio_->file_append_to(name, G_FILE_CREATE_NONE, nullptr, &error);
      error_number = base == nullptr ? gio_->error_number(error) : 0;
    } while (error_number == EINTR);
    gio_->object_unref(name);
    if (base != nullptr) {
      stream_ = gio_->buffered_output_stream_new_sized(reinterpret_cast<GOutputStream*>(base), buffer_bytes);
      gio_->object_unref(base);  // the stream has it
    }
    errno = error_number;
  }

  void flush() {
    GError* error = nullptr;
    if (!gio_->output_stream_flush(stream_, nullptr, &error)) throw write_error(error);
    file_->flushed();
  }

  IoError write_error(GError* error) const {
    errno = gio_->error_number(error);
    return file_->write_error();
  }

  const Gio* gio_ = nullptr;
  GOutputStream* stream_ = nullptr;
  std::optional<LibraryFile> file_;
};

}  // namespace
#endif

Descriptor glib_output_stream_entry() {
  Descriptor entry{.name = "glib-output-stream",
                   .family = "through a library",
                   .summary = "one caller, each line written to a buffered output stream of GIO",
                   .access = {.append = true, .by_name = true},
                   .options = {&kBufferSize},
                   .simpler = {.strategy = "sync-buffered", .adds = "calls a GIO stream per line"},
                   // Of the first line in the buffer, the kernel may have the start already.
                   .may_lose_bytes = [](const LossConditions& given) {
                     return given.parameters.value(kBufferSize) + given.longest_line_bytes;
                   }};
#if WRITEBENCH_HAS_GIO
  entry.make = make_strategy<GlibOutputStream>;
  return entry;
#else
  return without_library(std::move(entry), "libglib2.0-dev");
#endif
}

}  // namespace writebench::strategies
