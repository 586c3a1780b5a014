// The ceiling: bytes that are ready before the clock starts, written in large calls, so that nearly all of its time is
// the kernel's. An arena of fixed size bounds memory: a job that fits it is rendered beforehand, whole, and the origin
// case does; of a larger one the rest is rendered in place between the calls, in bulk, at a fraction of what the
// kernel's copy takes.
#include <algorithm>
#include <vector>

#include "strategies/entries.hpp"

namespace writebench::strategies {
namespace {

constexpr std::size_t kArenaBytes = 8u << 20;
constexpr std::size_t kCallBytes = 1u << 20;

class Bulk final : public Strategy {
 public:
  void prepare(Job& job) override {
    const Content& content = job.content();
    arena_.resize(std::max(kArenaBytes, content.longest_line_bytes()) + Content::kSlackBytes);
    lengths_.resize(std::min<std::uint64_t>(arena_.size(), content.lines()));
    left_ = {0, 1, content.lines()};
    render(content);
  }

  void run(Job& job) override {
    while (!ready_.empty()) {
      for (; !ready_.empty(); ready_.remove_prefix(std::min(kCallBytes, ready_.size()))) {
        job.file().write_all(ready_.substr(0, kCallBytes));
      }
      render(job.content());
    }
    job.submitted();
  }

 private:
  void render(const Content& content) {
    const std::size_t lines = left_.count == 0 ? 0 : content.render(left_, arena_, lengths_);
    const std::uint64_t end = left_.first + lines;
    ready_ = {arena_.data(), content.offset_bytes(end) - content.offset_bytes(left_.first)};
    left_ = {end, 1, left_.count - lines};
  }

  std::vector<char> arena_;
  std::vector<std::uint32_t> lengths_;  // filled in by rendering, of no use here
  LineRange left_;
  std::string_view ready_;
};

}  // namespace

Descriptor bulk_entry() {
  return {.name = "bulk",
          .family = "control",
          .summary = "writes bytes rendered beforehand in 1 MiB calls: the ceiling of this machine",
          .contract = {.order = Order::kGlobal, .each_line_durable = false},
          .make = make_strategy<Bulk>};
}

}  // namespace writebench::strategies
