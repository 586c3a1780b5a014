// What most programs do, and the reference for all others: one caller, one FILE, one fwrite(3) per line. The C library
// collects the lines in a buffer of the file system's block size (usually 4 KiB; --buffer-size does not change it) and
// calls write(2) when it is full. Good at nearly everything; beaten by larger buffers.
#include <optional>

#include "strategies/support/stdio_stream.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class Sync final : public Strategy {
 public:
  void prepare(Job& job) override { stream_.emplace(job.file()); }

  void run(Job& job) override {
    for (const std::string_view line : job.lines()) stream_->write(line, job.each_line_durable());
    job.submitted();
    stream_->flush();
  }

 private:
  std::optional<StdioStream> stream_;
};

}  // namespace

Descriptor sync_entry() {
  return {
      .name = "sync",
      .family = "caller writes",
      .summary = "one caller, each line through buffered stdio: the reference",
      .effort = Effort::kLibraryCall,
      .simpler = {.strategy = "sync-buffered", .adds = "calls the C library per line", .with = {{&kBufferSize, 4096}}},
      .may_lose_bytes = StdioStream::may_hold_bytes,
      .make = make_strategy<Sync>};
}

}  // namespace writebench::strategies
