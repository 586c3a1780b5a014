// The classic mistake with a buffered file: fflush(3) after each line, so that nothing is lost if the program dies, or
// because somebody reads along. The buffer never holds more than one line, and every line costs the library and a
// system call: what write-per-line costs, and the copy into the buffer on top. A line-buffered stream (_IOLBF, as
// stdout is on a terminal) does the same. Python's logging and Log4j (immediateFlush) flush each message unless told
// otherwise.
//
// Memory is bounded by stdio's buffer. Good at losing nothing when the process dies, bad at everything else.
#include <optional>

#include "strategies/support/stdio_stream.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class StdioFlush final : public Strategy {
 public:
  void prepare(Job& job) override { stream_.emplace(job.file()); }

  void run(Job& job) override {
    for (const std::string_view line : job.lines()) {
      stream_->write(line);
      stream_->flush();
    }
    job.submitted();
  }

 private:
  std::optional<StdioStream> stream_;
};

}  // namespace

Descriptor stdio_flush_entry() {
  return {.name = "stdio-flush",
          .family = "caller writes",
          .summary = "one caller through stdio with an fflush after each line",
          .effort = Effort::kLibraryCall,
          .simpler = {.strategy = "sync", .adds = "flushes after each line"},
          .may_lose_bytes = [](const LossConditions&) { return std::uint64_t{0}; },
          .make = make_strategy<StdioFlush>};
}

}  // namespace writebench::strategies
