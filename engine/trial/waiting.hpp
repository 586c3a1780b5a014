#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace writebench::engine {

/// The clock that a pace follows, and a way to sleep on it. Tests replace it.
class PaceClock {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  virtual ~PaceClock() = default;
  virtual Moment now();
  virtual void sleep_until(Moment moment);            ///< ends late, by as much as the system's timer is
  virtual std::chrono::nanoseconds processor_time();  ///< of the calling thread so far
  virtual std::chrono::nanoseconds reading_takes();   ///< processor_time() itself; found out by the first call
};

/// The system's clock.
PaceClock& system_pace_clock();

/// The processor time of waiting for a moment: outside the kernel (spinning) and inside it (sleeping).
struct WaitCost {
  std::int64_t user_ns = 0;
  std::int64_t system_ns = 0;
};

/// What waiting has cost so far: on the calling thread, and in the whole process.
WaitCost wait_cost_of_thread();
WaitCost wait_cost_of_process();

/// Keeps the processor busy until `end`. What has passed since `now`, which the caller has just read, is waiting too.
/// Returns the moment at which it stopped.
PaceClock::Moment spin_until(PaceClock& clock, PaceClock::Moment now, PaceClock::Moment end);

/// Waits until `end`; `now` as above. With `lateness`, it sleeps until that long before and spins the rest, so that it
/// ends in time; without, it only sleeps, and ends as late as the timer does. Returns the moment at which it stopped.
PaceClock::Moment wait_until(PaceClock& clock, PaceClock::Moment now, PaceClock::Moment end,
                             std::optional<std::chrono::nanoseconds> lateness);

/// For a task that awaits a moment on an event loop: what the calling thread uses from begin_await() to end_await() is
/// a cost of waiting too, unless something else has run on it meanwhile (interrupt_await()), whose part is not known.
void begin_await(PaceClock& clock);
void end_await(PaceClock& clock);
void interrupt_await(PaceClock& clock);

/// How late a sleep ends: the 99th percentile of a hundred sleeps, but at most 2 ms. Takes about 20 ms.
std::chrono::nanoseconds measured_timer_lateness(PaceClock& clock);

/// The same for the system's clock, measured once per process, by the first call. Children inherit it.
std::chrono::nanoseconds timer_lateness();

}  // namespace writebench::engine
