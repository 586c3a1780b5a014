#include "gate/interim_looks.hpp"

#include <algorithm>

namespace writebench::gate {
namespace {

constexpr std::size_t kGrowth = 3;
constexpr std::size_t kFirst = 20;
constexpr std::size_t kEnough = 60;

}  // namespace

std::vector<std::size_t> schedule(const InterimLooks& looks) {
  std::vector<std::size_t> numbers{looks.pairs};
  while (numbers.back() >= kFirst * kGrowth) numbers.push_back(numbers.back() / kGrowth);
  std::reverse(numbers.begin(), numbers.end());
  return numbers;
}

std::size_t most_pairs(const InterimLooks& looks, std::chrono::nanoseconds pair, const Durability& durability) {
  const auto& time = durability.kind == Durability::Kind::kNone ? looks.time : looks.syncing_time;
  const std::vector<std::size_t> numbers = schedule(looks);
  std::size_t most = numbers.back();
  for (auto number = numbers.rbegin(); number != numbers.rend() && *number >= kEnough; ++number) {
    most = *number;
    if (!time || static_cast<std::chrono::nanoseconds::rep>(most) * pair <= *time) break;
  }
  return most;
}

}  // namespace writebench::gate
