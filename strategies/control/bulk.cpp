// The ceiling: one block of bytes that was ready before the clock starts, written again and again until the file is as
// long as the lines. So nearly all the time is spent in the kernel, and the bytes that it copies are still in the
// processor's cache. The file has the first --buffer-size bytes of the lines, and these repeated: it is verified as
// that. Each call writes a block; by default 1 MiB, the size that was found to be the fastest. Memory is the block.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

constexpr Option kCallSize{.name = kBufferSize.name,
                           .key = kBufferSize.key,
                           .summary = kBufferSize.summary,
                           .kind = kBufferSize.kind,
                           .usual = 1 << 20,
                           .max = kBufferSize.max,
                           .letter = kBufferSize.letter};

class Bulk final : public Strategy {
 public:
  void prepare(Job& job) override {
    const Content& content = job.content();
    file_bytes_ = job.bytes();
    const std::uint64_t block_bytes = std::min(job.value(kCallSize), file_bytes_);
    memory_.resize(block_bytes + content.longest_line_bytes() + Content::kSlackBytes);
    render(content, block_bytes);
    block_ = std::string_view(memory_.data(), block_bytes);
  }

  void run(Job& job) override {
    for (std::uint64_t left = file_bytes_; left > 0;) {
      const std::string_view piece = block_.substr(0, left);
      job.file().write_all(piece);
      left -= piece.size();
    }
    job.submitted();
  }

 private:
  // The first lines, until they are at least so many bytes.
  void render(const Content& content, std::uint64_t bytes) {
    std::array<std::uint32_t, 4096> lengths;
    std::span<char> room(memory_);
    for (LineRange range{0, 1, content.lines()}; static_cast<std::uint64_t>(room.data() - memory_.data()) < bytes;) {
      const std::size_t lines = content.render(range, room, lengths);
      for (std::size_t i = 0; i < lines; ++i) room = room.subspan(lengths[i]);
      range = {range.first + lines, 1, range.count - lines};
    }
  }

  std::uint64_t file_bytes_ = 0;
  std::vector<char> memory_;
  std::string_view block_;
};

}  // namespace

Descriptor bulk_entry() {
  return {.name = "bulk",
          .family = "control",
          .summary = "writes one block that was ready beforehand, again and again: the ceiling of this machine",
          .role = Role::kControl,
          .contract = {.order = Order::kRepeated, .each_line_durable = false},
          .repeated_bytes = [](const Parameters& parameters) { return parameters.value(kCallSize); },
          .options = {&kCallSize},
          .make = make_strategy<Bulk>};
}

}  // namespace writebench::strategies
