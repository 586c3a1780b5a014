// The cure in one line for a program that writes through stdio: a larger buffer, setvbuf(file, buffer, _IOFBF, size).
// All else is as in sync: one caller, one fwrite(3) per line, and the C library calls write(2) when the buffer is full.
// It saves system calls, not the call of the library and its lock for each line. The buffer is the caller's: glibc
// ignores the size if it is asked to allocate the buffer itself (setvbuf(file, NULL, …)).
//
// Memory is bounded by --buffer-size. Good if the system calls cost much; what the library costs for each line stays,
// and a death of the process takes more lines than with the default buffer. stdbuf(1) does it to a program from
// outside.
//
// glibc's own FILE does the buffering, as for a file that it opens itself; only the system calls are File's
// (StdioStream).
#include <optional>

#include "strategies/support/stdio_stream.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class StdioSetvbuf final : public Strategy {
 public:
  void prepare(Job& job) override { stream_.emplace(job.file(), job.value(kBufferSize)); }

  void run(Job& job) override {
    for (const std::string_view line : job.lines()) stream_->write(line, job.each_line_durable());
    job.submitted();
    stream_->flush();
  }

 private:
  std::optional<StdioStream> stream_;
};

}  // namespace

Descriptor stdio_setvbuf_entry() {
  return {
      .name = "stdio-setvbuf",
      .family = "caller writes",
      .summary = "one caller through stdio with a larger buffer (setvbuf)",
      .effort = Effort::kLibraryCall,
      .options = {&kBufferSize},
      .simpler = {.strategy = "sync-buffered", .adds = "calls the C library per line"},
      // The start of the first line in the buffer may be with the kernel already.
      .may_lose_bytes =
          [](const LossConditions& given) { return given.parameters.value(kBufferSize) + given.longest_line_bytes; },
      .make = make_strategy<StdioSetvbuf>};
}

}  // namespace writebench::strategies
