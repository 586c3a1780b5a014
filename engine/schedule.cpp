#include "engine/schedule.hpp"

#include <algorithm>
#include <utility>

namespace writebench::engine {
namespace {

// std::shuffle's order differs between standard libraries; a seed has to give the same order everywhere.
void shuffle(std::vector<std::size_t>& order, std::mt19937_64& random) {
  for (std::size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[random() % left]);
}

}  // namespace

Schedule::Schedule(const Plan& plan, std::size_t cells) : plan_(plan), cells_(cells), random_(plan.seed) {}

std::vector<std::size_t> Schedule::next_round(std::chrono::nanoseconds elapsed) {
  std::vector<std::size_t> order;
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
    if (wants(cell, elapsed)) order.push_back(cell);
  }
  shuffle(order, random_);
  if (std::exchange(first_round_, false))
    std::stable_partition(order.begin(), order.end(), [](auto c) { return c == 0; });
  return order;
}

bool Schedule::affordable(std::size_t cell, std::chrono::nanoseconds elapsed) const { return wants(cell, elapsed); }

bool Schedule::wants(std::size_t cell, std::chrono::nanoseconds elapsed) const {
  const State& state = cells_[cell];
  if (state.dropped || state.trials >= plan_.max_trials) return false;
  if (state.trials == 0 || !plan_.budget) return true;
  // What the cells that have not reached their minimum still need is not for the others to spend.
  std::chrono::nanoseconds needed = elapsed + state.last;
  if (state.trials >= plan_.min_trials) {
    for (const State& other : cells_) {
      if (!other.dropped && other.trials < plan_.min_trials) {
        needed += other.last * static_cast<std::int64_t>(plan_.min_trials - other.trials);
      }
    }
  }
  return needed <= *plan_.budget;
}

void Schedule::ran(std::size_t cell, std::chrono::nanoseconds duration) {
  ++cells_[cell].trials;
  cells_[cell].last = duration;
}

std::chrono::nanoseconds Schedule::remaining(std::chrono::nanoseconds elapsed) const {
  std::chrono::nanoseconds rest{0};
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
    if (!wants(cell, elapsed)) continue;
    rest += cells_[cell].last * static_cast<std::int64_t>(plan_.max_trials - cells_[cell].trials);
  }
  if (!plan_.budget) return rest;
  return std::clamp(*plan_.budget - elapsed, std::chrono::nanoseconds{0}, rest);
}

}  // namespace writebench::engine
