// One caller gathers lines that lie apart in memory, each in a string of its own, and hands a batch of them to the
// kernel with one writev(2). So do programs whose messages have owners: folly's AsyncFileWriter takes 64 of its queue
// at a time. It saves system calls, and the copy into one block where the messages are there anyway; the kernel in turn
// walks the list of parts.
//
// Memory is bounded: so many strings as the option `batch` says (at most IOV_MAX, 1024), each as large as the longest
// line that it held. All lines stay in order. Good if lines are long or already lie about; for short lines a copy into
// a block is cheaper.
#include <sys/uio.h>

#include <string>
#include <vector>

#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

constexpr Option kBatch{.name = "batch", .key = "batch", .summary = "lines in one call", .usual = 64, .max = 1024};

class WritevBatch final : public Strategy {
 public:
  void prepare(Job& job) override {
    lines_.resize(job.value(kBatch));
    parts_.reserve(lines_.size());
  }

  void run(Job& job) override {
    const std::size_t batch = job.each_line_durable() ? 1 : lines_.size();
    for (const std::string_view line : job.lines()) {
      std::string& own = lines_[parts_.size()];
      own = line;
      parts_.push_back({own.data(), own.size()});
      if (parts_.size() == batch) write_batch(job.file());
    }
    job.submitted();
    write_batch(job.file());
  }

 private:
  void write_batch(File& file) {
    file.writev_all(parts_);
    parts_.clear();
  }

  std::vector<std::string> lines_;
  std::vector<iovec> parts_;  // the lines that are gathered
};

}  // namespace

Descriptor writev_batch_entry() {
  return {.name = "writev-batch",
          .family = "caller writes",
          .summary = "one caller gathers lines and writes a batch by one writev(2)",
          .effort = Effort::kOwnBuffer,
          .options = {&kBatch},
          .simpler = {.strategy = "write-per-line",
                      .adds = "writes by writev(2)",
                      .starting_with = {{&kBatch, 1}},
                      .growing = {{&kBatch, "gathers # lines a call"}}},
          .may_lose_bytes =
              [](const LossConditions& given) { return given.parameters.value(kBatch) * given.longest_line_bytes; },
          .make = make_strategy<WritevBatch>};
}

}  // namespace writebench::strategies
