#include "engine/trial/caller_cost.hpp"

#include <unistd.h>

#include <chrono>

#include "engine/trial/waiting.hpp"

namespace writebench::engine {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::optional<std::int64_t> Cost::*kCounters[] = {&Cost::caller_user_cpu_ns, &Cost::caller_system_cpu_ns,
                                                            &Cost::caller_run_delay_ns};

// Of the producer on this thread.
struct Begin {
  Cost cost;
  std::int64_t waited_ns = 0;
  Clock::time_point moment;
};

thread_local Begin at_begin;

std::int64_t waited_ns() {
  const WaitCost waited = wait_cost_of_process();
  return waited.user_ns + waited.system_ns;
}

}  // namespace

CallerCost::CallerCost() : process_(::getpid()) {}

void CallerCost::begin() {
  at_begin = {};
  if (::getpid() == process_) {
    read_caller_counters_at_begin(at_begin.cost);
    return;
  }
  at_begin.waited_ns = waited_ns();
  at_begin.moment = Clock::now();
  read_proc_counters(at_begin.cost);
  read_usage_before_clock(at_begin.cost);
}

void CallerCost::end() {
  if (::getpid() != process_) return add_process();
  Cost at_end;
  read_caller_counters_at_end(at_end);
  callers_.add(difference(at_begin.cost, at_end));
  ++threads_;
}

void CallerCost::add_process() {
  Cost at_end;
  read_usage_after_clock(at_end);
  read_proc_counters(at_end);
  Cost cost = difference(at_begin.cost, at_end);
  take_out_harness(cost, harness_cost(), std::chrono::nanoseconds(Clock::now() - at_begin.moment).count(), 0);
  cost.wait_cpu_ns = waited_ns() - at_begin.waited_ns;
  callers_.add(cost);
  others_.add(cost);
  ++processes_;
}

void CallerCost::put_into(Cost& cost) const {
  if (threads_ + processes_ == 0) return;
  for (const auto counter : kCounters) cost.*counter = callers_.of(counter);
  if (processes_ == 0) return;
  others_.add_others_to(cost);
  cost.peak_rss_bytes.reset();
}

}  // namespace writebench::engine
