// One caller and fmt::output_file of the library fmt: out.print("{}", line). The library formats into a buffer of 32
// KiB and calls write(2) when that is full. Each line is interpreted as a format with one argument, which costs more
// than a copy, but no lock, no locale and no virtual call; numbers are formatted into the buffer without a copy.
//
// The library opens the path itself and keeps its descriptor, so the kernel is asked how far it has come whenever a
// buffer's worth has been appended (LibraryFile). It repeats interrupted writes, but does not look at short counts:
// version 9 drops the rest. Nothing outside can mend that; the row fails with the byte at which bytes are missing. Its
// destructor writes what is left and ends the program if that fails, so after an error the rest goes to /dev/null.
//
// Memory is bounded by the library's buffer. Good for text that is made of numbers; a plain block is faster for lines
// that are there already.
#include <fmt/os.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>

#include "strategies/support/library_file.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

constexpr std::size_t kBufferBytes = 32768;  // detail::ostream_params

class FmtOutputFile final : public Strategy {
 public:
  ~FmtOutputFile() override {
    if (out_ != nullptr && file_) file_->abandon();
  }

  void prepare(Job& job) override {
    file_.emplace(job.file(), kBufferBytes, [&] {
      try {
        out_.reset(new fmt::ostream(fmt::output_file(job.path(), fmt::file::WRONLY)));
      } catch (const std::system_error& error) {
        throw IoError("open", job.path(), error.code().value());
      }
    });
  }

  void run(Job& job) override {
    const bool each_line = job.each_line_durable();
    fmt::ostream& out = *out_;
    LibraryFile& file = *file_;
    as_io_error([&] {
      for (const std::string_view line : job.lines()) {
        out.print("{}", line);
        file.appended(line.size());
        if (each_line) flush();
      }
      job.submitted();
      flush();
    });
  }

  void close(Job& job) override {
    const std::unique_ptr<fmt::ostream> out = std::move(out_);  // it is empty: its destructor writes nothing
    try {
      out->close();
    } catch (const std::system_error& error) {
      errno = error.code().value();
      if (errno != EINTR) throw file_->close_error();
    }
    Strategy::close(job);
  }

 private:
  void flush() {
    out_->flush();
    file_->flushed();
  }

  // What the library throws says neither the file nor the place.
  template <class Work>
  void as_io_error(Work work) {
    try {
      work();
    } catch (const IoError&) {
      throw;
    } catch (const std::system_error& error) {
      errno = error.code().value();
      throw file_->write_error();
    }
  }

  std::unique_ptr<fmt::ostream> out_;  // null once it is closed
  std::optional<LibraryFile> file_;
};

}  // namespace

Descriptor fmt_output_file_entry() {
  return {
      .name = "fmt-output-file",
      .family = "caller writes",
      .summary = "one caller, each line printed to an fmt::output_file",
      .access = {.by_name = true},
      .effort = Effort::kKernel,
      .simpler = {.strategy = "sync-buffered", .adds = "formats each line with fmt", .with = {{&kBufferSize, 32768}}},
      .may_lose_bytes = [](const LossConditions& given) { return kBufferBytes + given.longest_line_bytes; },
      .make = make_strategy<FmtOutputFile>};
}

}  // namespace writebench::strategies
