#include "engine/trial/stages.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <memory>

namespace writebench::engine {
namespace {

using Moment = DispatchObserver::Moment;

Moment now() { return std::chrono::steady_clock::now(); }

std::int64_t ns_between(Moment from, Moment to) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(to - from).count();
}

// Of the calling thread, for the observer that is named last.
thread_local const StageObserver* observer = nullptr;
thread_local unsigned number = 0;
thread_local Moment hand_over_began;
thread_local Moment free_since;  // it has done nothing for a dispatched write from then on

}  // namespace

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::kQueued: return "queued";
    case Stage::kWakeUp: return "wake-up";
    case Stage::kTakeUp: return "take-up";
    case Stage::kCall: return "call";
    case Stage::kCallerBusy: return "caller-busy";
    case Stage::kAnswer: return "answer";
  }
  return "";
}

double StageTimes::mean_ns() const {
  return distribution.count == 0 ? 0 : static_cast<double>(sum_ns) / static_cast<double>(distribution.count);
}

void StageRecord::Times::record(std::int64_t ns) {
  histogram.record(ns);
  sum_ns.fetch_add(std::max<std::int64_t>(0, ns), std::memory_order_relaxed);
}

void StageRecord::Times::add_to(StageTimes& times) const {
  times.distribution = merged(times.distribution, histogram.distribution());
  times.sum_ns += sum_ns;
}

Stages StageRecord::stages() const {
  Stages all;
  all.awaited = awaited_;
  for (const Part& part : parts_) {
    for (std::size_t i = 0; i < kStages; ++i) part.stages[i].add_to(all.stages[i]);
    part.whole.add_to(all.whole);
    part.hand_over.add_to(all.hand_over);
    all.dispatches += part.dispatches;
    all.same_processor += part.same_processor;
    all.queue_sum += part.queue_sum;
    all.queue_max = std::max<std::uint64_t>(all.queue_max, part.queue_max);
  }
  return all;
}

// Reads what a thread of the pool has done when it ends: afterwards, the kernel no longer tells.
class StageObserver::AtExit {
 public:
  AtExit() = default;
  AtExit(const AtExit&) = delete;
  AtExit& operator=(const AtExit&) = delete;
  ~AtExit() {
    if (observer_ == nullptr) return;
    const std::lock_guard lock(observer_->ended_mutex_);
    observer_->ended_.merge(read_this_thread());
  }

  void watch(StageObserver& watched) { observer_ = &watched; }

 private:
  StageObserver* observer_ = nullptr;
};

ThreadReadings StageObserver::ended_threads() const {
  const std::lock_guard lock(ended_mutex_);
  return ended_;
}

StageRecord::Part& StageObserver::part() {
  if (observer != this) {
    observer = this;
    number = threads_.fetch_add(1, std::memory_order_relaxed) % StageRecord::kParts;
    free_since = {};
  }
  return record_.parts_[number];
}

StageObserver::Dispatch* StageObserver::begins() {
  StageRecord::Part& own = part();
  auto dispatch = std::make_unique<Dispatch>();
  const auto queued = static_cast<std::uint64_t>(queued_.fetch_add(1, std::memory_order_relaxed));
  own.queue_sum.fetch_add(queued, std::memory_order_relaxed);
  if (queued > own.queue_max) own.queue_max = queued;  // no other thread writes to this part
  dispatch->processor = ::sched_getcpu();
  hand_over_began = dispatch->begins = now();
  return dispatch.release();
}

void StageObserver::handed_over() {
  free_since = now();
  part().hand_over.record(ns_between(hand_over_began, free_since));
}

void StageObserver::starts(Dispatch& dispatch) {
  dispatch.starts = now();
  thread_local AtExit at_exit;
  at_exit.watch(*this);
  StageRecord::Part& own = part();
  queued_.fetch_sub(1, std::memory_order_relaxed);
  dispatch.thread_free = free_since;
  if (::sched_getcpu() == dispatch.processor) own.same_processor.fetch_add(1, std::memory_order_relaxed);
}

void StageObserver::call_begins(Dispatch& dispatch) { dispatch.call_begins = now(); }

void StageObserver::call_ends(Dispatch& dispatch) { dispatch.call_ends = now(); }

// What happened between `begins` and `starts` is split at the moment at which the thread had done what came before.
void StageObserver::record_until_call_ends(StageRecord::Part& own, const Dispatch& dispatch) {
  const Moment thread_free = std::clamp(dispatch.thread_free, dispatch.begins, dispatch.starts);
  own.dispatches.fetch_add(1, std::memory_order_relaxed);
  own.of(Stage::kQueued).record(ns_between(dispatch.begins, thread_free));
  own.of(Stage::kWakeUp).record(ns_between(thread_free, dispatch.starts));
  own.of(Stage::kTakeUp).record(ns_between(dispatch.starts, dispatch.call_begins));
  own.of(Stage::kCall).record(ns_between(dispatch.call_begins, dispatch.call_ends));
}

void StageObserver::goes_on(Dispatch* dispatch) {
  const Moment goes_on = now();
  const std::unique_ptr<Dispatch> done(dispatch);
  StageRecord::Part& own = part();
  record_.awaited_.store(true, std::memory_order_relaxed);
  record_until_call_ends(own, *done);
  const Moment caller_free = std::clamp(free_since, done->call_ends, goes_on);
  own.of(Stage::kCallerBusy).record(ns_between(done->call_ends, caller_free));
  own.of(Stage::kAnswer).record(ns_between(caller_free, goes_on));
  own.whole.record(ns_between(done->begins, goes_on));
}

void StageObserver::forgotten(Dispatch* dispatch) {
  const std::unique_ptr<Dispatch> done(dispatch);
  StageRecord::Part& own = part();
  record_until_call_ends(own, *done);
  own.whole.record(ns_between(done->begins, done->call_ends));
}

void StageObserver::thread_is_free() { free_since = now(); }

}  // namespace writebench::engine
