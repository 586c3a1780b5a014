#include "engine/verification/repetition.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string_view>

#include "engine/lines/block_reader.hpp"

namespace writebench::engine {
namespace {

std::string first_bytes(const Content& content, std::uint64_t bytes) {
  std::string first;
  first.reserve(bytes);
  LineBatches batches(content, {0, 1, content.lines()});
  while (first.size() < bytes) {
    const Content::Run run = batches.next();
    const auto run_bytes = std::accumulate(run.lengths.begin(), run.lengths.end(), std::size_t{0});
    first.append(run.text, std::min(run_bytes, bytes - first.size()));
  }
  return first;
}

// The bytes that the file must have.
class Repetition {
 public:
  Repetition(const Content& content, std::uint64_t repeated_bytes)
      : file_bytes_(content.offset_bytes(content.lines())),
        bytes_(first_bytes(content, std::min(repeated_bytes, file_bytes_))) {
    constexpr std::size_t kQuickBytes = 64 << 10;  // shorter pieces would take long to compare
    const std::size_t times = bytes_.empty() ? 0 : kQuickBytes / bytes_.size();
    const std::string once = bytes_;
    for (std::size_t i = 1; i < times; ++i) bytes_ += once;
  }

  std::uint64_t file_bytes() const { return file_bytes_; }

  /// Those from `at` on that lie one after the other, but at most `most`. Empty at the end.
  std::string_view from(std::uint64_t at, std::size_t most) const {
    if (at == file_bytes_) return {};
    return std::string_view(bytes_).substr(at % bytes_.size(), std::min<std::uint64_t>(most, file_bytes_ - at));
  }

 private:
  const std::uint64_t file_bytes_;
  std::string bytes_;
};

std::size_t equal_bytes(std::string_view wanted, const char* found) {
  if (std::memcmp(wanted.data(), found, wanted.size()) == 0) return wanted.size();
  return static_cast<std::size_t>(std::mismatch(wanted.begin(), wanted.end(), found).first - wanted.begin());
}

std::uint64_t lines_before(BlockReader& file, std::uint64_t end) {
  std::uint64_t lines = 0;
  for (std::uint64_t at = 0; at < end;) {
    const std::string_view block = file.read_at(at).substr(0, end - at);
    if (block.empty()) break;
    lines += static_cast<std::uint64_t>(std::count(block.begin(), block.end(), '\n'));
    at += block.size();
  }
  return lines;
}

}  // namespace

Verification verify_repetition(const std::string& path, const Content& content, std::uint64_t repeated_bytes,
                               const std::function<bool()>& stop) {
  BlockReader file(path, content.longest_line_bytes(), stop);
  const Repetition repetition(content, repeated_bytes);
  std::uint64_t right_bytes = 0;  // from the beginning of the file
  bool differs = false;
  std::uint64_t at = 0;
  for (std::string_view block = file.read_at(at); !block.empty(); block = file.read_at(at)) {
    at += block.size();
    while (!differs && !block.empty()) {
      const std::string_view wanted = repetition.from(right_bytes, block.size());
      if (wanted.empty()) break;  // what follows is too much
      const std::size_t equal = equal_bytes(wanted, block.data());
      differs = equal < wanted.size();
      right_bytes += equal;
      block.remove_prefix(equal);
    }
  }
  Verification result;
  result.stopped = file.stopped();
  result.file_bytes = at;
  result.right = !result.stopped && right_bytes == repetition.file_bytes() && right_bytes == at;
  if (result.right || result.stopped) return result;
  Damage damage{.kind = differs ? Damage::Kind::kTorn : Damage::Kind::kTruncated, .count = 1, .at_least = true};
  if (right_bytes == repetition.file_bytes()) {
    damage = {.kind = Damage::Kind::kTrailingGarbage, .count = at - right_bytes};
  }
  damage.first_line = lines_before(file, right_bytes);
  damage.first_offset_bytes = right_bytes;
  result.damages.push_back(damage);
  result.stopped = file.stopped();
  return result;
}

}  // namespace writebench::engine
