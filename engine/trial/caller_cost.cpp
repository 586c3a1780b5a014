#include "engine/trial/caller_cost.hpp"

#include "engine/trial/kernel_counters.hpp"

namespace writebench::engine {
namespace {

constexpr std::optional<std::int64_t> Cost::*kCounters[] = {&Cost::caller_user_cpu_ns, &Cost::caller_system_cpu_ns,
                                                            &Cost::caller_run_delay_ns};

thread_local Cost at_begin;

}  // namespace

void CallerCost::begin() {
  at_begin = {};
  read_caller_counters_at_begin(at_begin);
}

void CallerCost::end() {
  Cost at_end;
  read_caller_counters_at_end(at_end);
  const Cost cost = difference(at_begin, at_end);
  const std::lock_guard lock(mutex_);
  for (const auto counter : kCounters) {
    std::optional<std::int64_t>& sum = sum_.*counter;
    const bool known = cost.*counter && (producers_ == 0 || sum);
    sum = known ? std::optional(sum.value_or(0) + *(cost.*counter)) : std::nullopt;
  }
  ++producers_;
}

int CallerCost::producers() const {
  const std::lock_guard lock(mutex_);
  return producers_;
}

void CallerCost::put_into(Cost& cost) const {
  const std::lock_guard lock(mutex_);
  if (producers_ == 0) return;
  for (const auto counter : kCounters) cost.*counter = sum_.*counter;
}

}  // namespace writebench::engine
