#include "engine/trial/waiting.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>

namespace writebench::engine {
namespace {

using std::chrono::nanoseconds;

// Two readings of the clock in a row take some tens of nanoseconds. If they lie further apart than this, the thread was
// taken off its processor in between, which takes longer.
constexpr std::chrono::microseconds kOffProcessor{5};

// Reading a thread's processor time is a system call. It fits before the last part of a wait, and the wait is longer.
constexpr std::chrono::microseconds kLastPart{2};

thread_local WaitCost of_thread;
thread_local std::optional<nanoseconds> awaiting_since;  // the thread's processor time then
std::atomic<std::int64_t> of_process_user_ns{0};
std::atomic<std::int64_t> of_process_system_ns{0};

void add_user(nanoseconds time) {
  of_thread.user_ns += time.count();
  of_process_user_ns.fetch_add(time.count(), std::memory_order_relaxed);
}

void add_system(nanoseconds time) {
  of_thread.system_ns += time.count();
  of_process_system_ns.fetch_add(time.count(), std::memory_order_relaxed);
}

// What the thread has used since a reading gave `before`. The two readings take as long as one more than lies between
// them, and both are a cost of waiting: as a system call, some hundreds of nanoseconds each.
nanoseconds used_since(PaceClock& clock, nanoseconds before) {
  return clock.processor_time() - before + clock.reading_takes();
}

void sleep_until(PaceClock& clock, PaceClock::Moment end) {
  const nanoseconds before = clock.processor_time();
  clock.sleep_until(end);
  add_system(used_since(clock, before));
}

// The median of a hundred readings in a row.
nanoseconds measured_reading(PaceClock& clock) {
  std::array<nanoseconds, 101> took{};
  nanoseconds before = clock.processor_time();
  for (nanoseconds& one : took) {
    const nanoseconds now = clock.processor_time();
    one = now - before;
    before = now;
  }
  const auto median = took.begin() + took.size() / 2;
  std::nth_element(took.begin(), median, took.end());
  return *median;
}

}  // namespace

PaceClock::Moment PaceClock::now() { return std::chrono::steady_clock::now(); }

void PaceClock::sleep_until(Moment moment) {
  const auto ns = nanoseconds(moment.time_since_epoch()).count();
  const timespec until{ns / 1'000'000'000, ns % 1'000'000'000};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

nanoseconds PaceClock::processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return nanoseconds(time.tv_sec * 1'000'000'000 + time.tv_nsec);
}

nanoseconds PaceClock::reading_takes() {
  static const nanoseconds takes = measured_reading(system_pace_clock());
  return takes;
}

PaceClock& system_pace_clock() {
  static PaceClock clock;
  return clock;
}

WaitCost wait_cost_of_thread() { return of_thread; }

WaitCost wait_cost_of_process() {
  return {of_process_user_ns.load(std::memory_order_relaxed), of_process_system_ns.load(std::memory_order_relaxed)};
}

// Most of it is counted by the thread's processor time, which has all that the wait costs, interrupts and a
// hypervisor's pauses too: the trial's whole is counted by the same clock. The last part is the sum of short steps, so
// that it ends in time.
PaceClock::Moment spin_until(PaceClock& clock, PaceClock::Moment now, PaceClock::Moment end) {
  nanoseconds spun{0};
  if (now < end - 2 * kLastPart) {
    const nanoseconds before = clock.processor_time();
    while (now < end - kLastPart) now = clock.now();
    spun = used_since(clock, before);
    now = clock.now();
  }
  while (now < end) {
    const PaceClock::Moment next = clock.now();
    if (next - now < kOffProcessor) spun += next - now;
    now = next;
  }
  add_user(spun);
  return now;
}

PaceClock::Moment wait_until(PaceClock& clock, PaceClock::Moment now, PaceClock::Moment end,
                             std::optional<nanoseconds> lateness) {
  if (!lateness) {
    sleep_until(clock, end);
    return clock.now();
  }
  if (now < end - *lateness) {
    sleep_until(clock, end - *lateness);
    now = clock.now();
  }
  return spin_until(clock, now, end);
}

void begin_await(PaceClock& clock) { awaiting_since = clock.processor_time(); }

void end_await(PaceClock& clock) {
  if (awaiting_since) add_system(used_since(clock, *awaiting_since));
  awaiting_since.reset();
}

void interrupt_await(PaceClock& clock) {
  if (awaiting_since) add_system(clock.reading_takes());
  awaiting_since.reset();
}

nanoseconds measured_timer_lateness(PaceClock& clock) {
  constexpr nanoseconds kMost = std::chrono::milliseconds(2);
  std::array<nanoseconds, 100> late{};
  for (nanoseconds& one : late) {
    const PaceClock::Moment end = clock.now() + std::chrono::microseconds(100);
    clock.sleep_until(end);
    one = clock.now() - end;
  }
  const auto percentile = late.begin() + late.size() * 99 / 100 - 1;
  std::nth_element(late.begin(), percentile, late.end());
  return std::clamp(*percentile, nanoseconds(0), kMost);
}

nanoseconds timer_lateness() {
  static const nanoseconds lateness = measured_timer_lateness(system_pace_clock());
  return lateness;
}

}  // namespace writebench::engine
