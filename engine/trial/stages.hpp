#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/trial/histogram.hpp"
#include "engine/trial/thread_times.hpp"
#include "writebench/dispatch.hpp"

namespace writebench::engine {

/// The parts of one dispatched write, in the order in which they follow one another. Together they are the whole time
/// from the moment at which the caller begins to hand the work over until its task goes on; without an answer that
/// anybody awaits, until the call has ended.
enum class Stage {
  kQueued,      ///< until the thread that takes it has done what came before
  kWakeUp,      ///< from then until that thread starts it: the queue's lock, waking the thread, switching to it
  kTakeUp,      ///< until the blocking call begins
  kCall,        ///< the blocking call itself
  kCallerBusy,  ///< until the caller has done what it began before the call ended; only if the answer is awaited
  kAnswer,      ///< from then until the task goes on: the loop's queue, waking the loop; likewise
};
inline constexpr std::size_t kStages = 6;

/// "queued", "wake-up", …
std::string_view to_string(Stage stage);

/// How long something took each time.
struct StageTimes {
  Distribution distribution;
  std::int64_t sum_ns = 0;  ///< exact

  double mean_ns() const;  ///< 0 if it never happened
};

/// What the dispatched writes of one trial consisted of.
struct Stages {
  std::uint64_t dispatches = 0;
  bool awaited = false;  ///< whether the answers were
  std::array<StageTimes, kStages> stages;
  StageTimes whole;                  ///< the sum of the stages
  StageTimes hand_over;              ///< inside the call that hands the work over; overlaps with the first stages
  std::uint64_t same_processor = 0;  ///< dispatches whose caller and pool thread ran on one processor
  std::uint64_t queue_sum = 0;       ///< of the lengths that the pool's queue had when a piece of work joined it
  std::uint64_t queue_max = 0;
  std::vector<ThreadTimes> threads;               ///< the caller first
  std::optional<std::int64_t> other_writes = {};  ///< write calls that are no file's: to eventfd(2), to wake the loop
  std::optional<std::int64_t> futex_wakes = {};   ///< calls that wake a thread; no value if not counted

  const StageTimes& of(Stage stage) const { return stages[static_cast<std::size_t>(stage)]; }
};

/// What a trial records of its dispatched writes. Plain memory without pointers, so it can be in memory shared between
/// processes. Each thread adds to a part of its own, as long as there are no more threads than parts.
class StageRecord {
 public:
  /// All parts together; no thread may record at the same time.
  Stages stages() const;

 private:
  friend class StageObserver;

  struct Times {
    Histogram histogram;
    std::atomic<std::int64_t> sum_ns{0};

    void record(std::int64_t ns);
    void add_to(StageTimes& times) const;
  };

  struct Part {
    std::array<Times, kStages> stages;
    Times whole;
    Times hand_over;
    std::atomic<std::uint64_t> dispatches{0};
    std::atomic<std::uint64_t> same_processor{0};
    std::atomic<std::uint64_t> queue_sum{0};
    std::atomic<std::uint64_t> queue_max{0};

    Times& of(Stage stage) { return stages[static_cast<std::size_t>(stage)]; }
  };

  static constexpr unsigned kParts = 8;

  std::atomic<bool> awaited_{false};
  std::array<Part, kParts> parts_;
};

/// Fills in a StageRecord during one trial. Costs five clock readings for each dispatched write. Outlives the threads
/// of the pool.
class StageObserver final : public DispatchObserver {
 public:
  explicit StageObserver(StageRecord& record) : record_(record) {}

  Dispatch* begins() override;
  void handed_over() override;
  void starts(Dispatch& dispatch) override;
  void call_begins(Dispatch& dispatch) override;
  void call_ends(Dispatch& dispatch) override;
  void goes_on(Dispatch* dispatch) override;
  void forgotten(Dispatch* dispatch) override;
  void thread_is_free() override;

  /// The threads of the pool that have ended: what each had done by then.
  ThreadReadings ended_threads() const;

 private:
  class AtExit;
  StageRecord::Part& part();
  void record_until_call_ends(StageRecord::Part& part, const Dispatch& dispatch);

  StageRecord& record_;
  std::atomic<unsigned> threads_{0};
  mutable std::mutex ended_mutex_;
  ThreadReadings ended_;
  std::atomic<std::int64_t> queued_{0};  // handed over and not started yet
};

}  // namespace writebench::engine
