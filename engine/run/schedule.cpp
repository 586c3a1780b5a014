#include "engine/run/schedule.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace writebench::engine {
namespace {

// std::shuffle differs between standard libraries, but a seed must give the same order everywhere.
void shuffle(std::vector<std::size_t>& order, std::mt19937_64& random) {
  for (std::size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[random() % left]);
}

std::size_t missing(std::size_t has, std::size_t wanted) { return wanted > has ? wanted - has : 0; }

}  // namespace

Schedule::Schedule(const Plan& plan, std::size_t cells)
    : plan_(plan), cells_(cells), order_(cells), random_(plan.seed) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
}

Round Schedule::next_round(std::chrono::nanoseconds elapsed) {
  if (auto order = wanting(Round::Kind::kWarmUp, elapsed); !order.empty()) return {Round::Kind::kWarmUp, order};
  rotate();
  auto measure = wanting(Round::Kind::kMeasure, elapsed);
  const bool below_minimum = std::any_of(measure.begin(), measure.end(),
                                         [&](std::size_t cell) { return cells_[cell].trials < plan_.min_trials; });
  if (!below_minimum) {
    if (auto order = wanting(Round::Kind::kStall, elapsed); !order.empty()) return {Round::Kind::kStall, order};
  }
  return {Round::Kind::kMeasure, below_minimum ? measure : without_overspenders(std::move(measure))};
}

std::vector<std::size_t> Schedule::without_overspenders(std::vector<std::size_t> order) const {
  if (order.empty()) return order;
  std::chrono::nanoseconds spent{0};
  for (const std::size_t cell : order) spent += cells_[cell].spent;
  const std::chrono::nanoseconds share = spent / static_cast<std::int64_t>(order.size());
  std::erase_if(order, [&](std::size_t cell) {  // never all cells: one is not above
    return cells_[cell].spent > share && !keeps_step(cells_[cell]);
  });
  return order;
}

bool Schedule::keeps_step(const State& state) const {
  return state.trials < kCommonRounds &&
         (!plan_.budget || state.spent < *plan_.budget / static_cast<std::int64_t>(cells_.size()));
}

void Schedule::rotate() {
  if (order_.empty()) return;
  if (rotations_++ % order_.size() == 0) {
    shuffle(order_, random_);
  } else {
    std::rotate(order_.begin(), order_.begin() + 1, order_.end());
  }
}

std::vector<std::size_t> Schedule::wanting(Round::Kind kind, std::chrono::nanoseconds elapsed) const {
  std::vector<std::size_t> order;
  for (const std::size_t cell : order_) {
    if (affordable(cell, kind, elapsed)) order.push_back(cell);
  }
  return order;
}

bool Schedule::wants(const State& state, Round::Kind kind) const {
  if (state.dropped) return false;
  switch (kind) {
    case Round::Kind::kWarmUp: return state.warm_ups < plan_.warm_up_trials;
    case Round::Kind::kStall: return state.stalls < wanted_stalls(state);
    case Round::Kind::kMeasure: return state.trials < wanted(state);
  }
  return false;
}

std::size_t Schedule::wanted(const State& state) const {
  return state.converged ? std::min(std::max(plan_.min_trials, kCommonRounds), plan_.max_trials) : plan_.max_trials;
}

std::size_t Schedule::wanted_stalls(const State& state) const {
  if (plan_.stall_trials == 0 || state.enough_stalls) return plan_.stall_trials;
  return std::max(plan_.stall_trials, std::min(plan_.max_stall_trials, state.trials));
}

bool Schedule::affordable(std::size_t cell, Round::Kind kind, std::chrono::nanoseconds elapsed) const {
  const State& state = cells_[cell];
  if (!wants(state, kind)) return false;
  if (kind == Round::Kind::kWarmUp || !plan_.budget) return true;
  if (kind == Round::Kind::kMeasure && state.trials == 0) return true;
  std::chrono::nanoseconds needed = elapsed + state.last;
  const bool beyond_minimum =
      kind == Round::Kind::kMeasure ? state.trials >= plan_.min_trials : state.stalls >= plan_.stall_trials;
  if (beyond_minimum) needed += reserved();
  return needed <= *plan_.budget;
}

// The time that cells below their minimum still need; other cells may not spend it.
std::chrono::nanoseconds Schedule::reserved() const {
  std::chrono::nanoseconds needed{0};
  for (const State& state : cells_) {
    if (state.dropped) continue;
    const std::size_t trials = missing(state.trials, plan_.min_trials) + missing(state.stalls, plan_.stall_trials);
    needed += state.last * static_cast<std::int64_t>(trials);
  }
  return needed;
}

void Schedule::ran(std::size_t cell, Round::Kind kind, std::chrono::nanoseconds duration) {
  State& state = cells_[cell];
  switch (kind) {
    case Round::Kind::kWarmUp: ++state.warm_ups; break;
    case Round::Kind::kStall: ++state.stalls; break;
    case Round::Kind::kMeasure: ++state.trials; break;
  }
  state.last = duration;
  state.spent += duration;
}

std::chrono::nanoseconds Schedule::remaining(std::chrono::nanoseconds elapsed) const {
  std::chrono::nanoseconds rest{0};
  for (const State& state : cells_) {
    if (state.dropped) continue;
    const std::size_t trials = missing(state.trials, wanted(state)) + missing(state.stalls, plan_.stall_trials) +
                               missing(state.warm_ups, plan_.warm_up_trials);
    rest += state.last * static_cast<std::int64_t>(trials);
  }
  if (!plan_.budget) return rest;
  return std::clamp(*plan_.budget - elapsed, std::chrono::nanoseconds{0}, rest);
}

}  // namespace writebench::engine
