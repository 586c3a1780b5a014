// The ceiling: the bytes are ready before the clock starts and are written in large calls, so nearly all the time is
// spent in the kernel. An arena of fixed size bounds memory. A job that fits, such as the origin case, is rendered
// completely beforehand. The rest of a larger job is rendered between the calls, one call's worth at a time, so that
// the kernel copies bytes that are still in the cache; docs/what-is-timed.md says what that costs.
#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

constexpr std::size_t kArenaBytes = 8u << 20;
constexpr std::size_t kCallBytes = 1u << 20;

class Bulk final : public Strategy {
 public:
  void prepare(Job& job) override {
    const Content& content = job.content();
    const std::uint64_t arena_bytes = std::min<std::uint64_t>(kArenaBytes, content.offset_bytes(content.lines()));
    arena_.resize(std::max<std::size_t>(arena_bytes, content.longest_line_bytes()) + Content::kSlackBytes);
    left_ = {0, 1, content.lines()};
    render(content, arena_);
  }

  void run(Job& job) override {
    while (!ready_.empty()) {
      for (; !ready_.empty(); ready_.remove_prefix(std::min(kCallBytes, ready_.size()))) {
        job.file().write_all(ready_.substr(0, kCallBytes));
      }
      const std::size_t piece_bytes = std::max(kCallBytes, job.content().longest_line_bytes()) + Content::kSlackBytes;
      render(job.content(), std::span(arena_).first(std::min(piece_bytes, arena_.size())));
    }
    job.submitted();
  }

 private:
  // Fills the room with the next lines, as many as fit.
  void render(const Content& content, std::span<char> room) {
    const std::size_t room_bytes = room.size();
    char* const begin = room.data();
    while (left_.count > 0 && room.size() >= content.longest_line_bytes() + Content::kSlackBytes) {
      const std::size_t lines = content.render(left_, room, lengths_);
      for (std::size_t i = 0; i < lines; ++i) room = room.subspan(lengths_[i]);
      left_ = {left_.first + lines, 1, left_.count - lines};
    }
    ready_ = {begin, room_bytes - room.size()};
  }

  std::vector<char> arena_;
  std::array<std::uint32_t, 4096> lengths_;  // the line lengths of one render() call
  LineRange left_;
  std::string_view ready_;
};

}  // namespace

Descriptor bulk_entry() {
  return {.name = "bulk",
          .family = "control",
          .summary = "writes bytes rendered beforehand in 1 MiB calls: the ceiling of this machine",
          .role = Role::kControl,
          .contract = {.order = Order::kGlobal, .each_line_durable = false},
          .make = make_strategy<Bulk>};
}

}  // namespace writebench::strategies
