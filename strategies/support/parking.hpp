#pragma once

#include <sched.h>

#include <atomic>
#include <chrono>
#include <cstdint>

namespace writebench::strategies {

/// Where threads wait for what other threads do: they spin for a short time, then sleep on a futex(2).
///
/// Whoever may have made the awaited condition true calls wake_all() after the store that did so. That is a load as
/// long as nobody sleeps, and a fence between that store and that load. Any number of threads may wait and wake.
class Parking {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Fence {
    kOfTheWaker,  ///< at each wake_all()
    /// For those who wake for each line, where a fence would cost more than the rest: the thread that is about to sleep
    /// makes all others pass one instead (membarrier(2)), if that call is available. It interrupts their processors,
    /// and on a busy virtual machine one that the host does not run at that moment was seen to take 30 ms to answer.
    kOfTheSleeper,
  };

  /// About as long as a wake-up takes in a virtual machine: whoever comes within this time is served without one.
  static constexpr std::chrono::microseconds kSpin{50};

  /// `threads` are those that work at the same time, the waiting one included. If there are fewer processors, nobody
  /// spins: it would take one from whoever is awaited. Else a thread that was woken on the processor of its waker also
  /// moves to another one. Without the move, double-buffered-thread took 7.8 ms instead of 4.5 for the origin case on a
  /// virtual machine of two processors; presumably the woken thread had waited behind its busy waker.
  explicit Parking(std::uint64_t threads, Fence fence = Fence::kOfTheWaker);
  Parking(const Parking&) = delete;
  Parking& operator=(const Parking&) = delete;

  /// Waits until `ready()`, which must not throw. It is called again and again, also after each wake_all().
  template <class Ready>
  void wait_until(Ready ready) {
    wait_until(ready, Clock::time_point::max());
  }

  /// The same, but no longer than until `end`. Returns whether it is ready.
  template <class Ready>
  bool wait_until(Ready ready, Clock::time_point end) {
    if (ready() || spin_until(ready, end)) return true;
    for (;;) {
      const std::uint32_t seen = word_.fetch_or(kAsleep) | kAsleep;
      if (sleepers_fence_) {
        pass_fence_everywhere();
      } else {
        std::atomic_thread_fence(std::memory_order_seq_cst);
      }
      if (ready()) return true;
      if (!sleep(seen, end)) return false;
    }
  }

  /// Only spins. Returns whether it is ready.
  template <class Ready>
  bool spin_until(Ready ready, Clock::time_point end = Clock::time_point::max()) const {
    if (!spins_) return ready();
    const Clock::time_point begin = Clock::now();
    for (Clock::time_point now = begin; now - begin < kSpin && now < end; now = Clock::now()) {
      for (int i = 0; i < kChecksPerClockRead; ++i) {
        if (ready()) return true;
        rest_a_little();
      }
    }
    return false;
  }

  /// Lets those that wait look again.
  void wake_all() {
    if (sleepers_fence_) {
      asm volatile("" ::: "memory");  // the sleeper's fence orders what the compiler leaves in order
    } else {
      std::atomic_thread_fence(std::memory_order_seq_cst);
    }
    if ((word_.load(std::memory_order_relaxed) & kAsleep) != 0) [[unlikely]]
      wake_sleepers();
  }

 private:
  static constexpr std::uint32_t kAsleep = 1;  // the other bits count the wake-ups
  static constexpr int kChecksPerClockRead = 4;

  // So that who is awaited does not have to fetch the cache line back each time.
  static void rest_a_little() {
    for (int i = 0; i < 8; ++i) {
#if defined(__x86_64__) || defined(__i386__)
      __builtin_ia32_pause();
#else
      asm volatile("" ::: "memory");
#endif
    }
  }
  static void pass_fence_everywhere();

  // Returns false if `end` has come.
  bool sleep(std::uint32_t seen, Clock::time_point end);
  void move_from_waker() const;
  void wake_sleepers();

  std::atomic<std::uint32_t> word_{0};
  const bool sleepers_fence_;
  cpu_set_t allowed_{};
  const bool spins_;
  std::atomic<int> waker_processor_{-1};
};

}  // namespace writebench::strategies
