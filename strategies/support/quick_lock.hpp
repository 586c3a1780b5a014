#pragma once

#include <atomic>
#include <cstdint>

#include "strategies/support/parking.hpp"

namespace writebench::strategies {

/// A mutual exclusion for a few instructions at a time. Taking it and giving it up while nobody else wants it is one
/// atomic exchange and one store, where a std::mutex takes two atomic exchanges. It is not fair. Whoever waits
/// spins and then sleeps (Parking).
class QuickLock {
 public:
  /// `threads` want it at the same time.
  explicit QuickLock(std::uint64_t threads) : free_(threads, Parking::Fence::kOfTheSleeper) {}

  void lock() {
    if (is_held_.exchange(true, std::memory_order_acquire)) [[unlikely]]
      wait();
  }

  void unlock() {
    is_held_.store(false, std::memory_order_release);
    free_.wake_all();
  }

 private:
  [[gnu::noinline]] void wait() {
    free_.wait_until([this] {
      return !is_held_.load(std::memory_order_relaxed) && !is_held_.exchange(true, std::memory_order_acquire);
    });
  }

  std::atomic<bool> is_held_{false};
  Parking free_;
};

}  // namespace writebench::strategies
