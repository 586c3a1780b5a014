#include "strategies/support/parking.hpp"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <system_error>

#include "strategies/support/futex.hpp"
#include "strategies/support/processors.hpp"

namespace writebench::strategies {
namespace {

// A process must register before its first barrier; registering again does nothing.
bool register_for_barriers() { return ::syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0; }

}  // namespace

Parking::Parking(std::uint64_t threads, Fence fence)
    : sleepers_fence_(fence == Fence::kOfTheSleeper && register_for_barriers()),
      allowed_(allowed_processors()),
      spins_(threads <= static_cast<std::uint64_t>(CPU_COUNT(&allowed_))) {}

void Parking::pass_fence_everywhere() {
  if (::syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0) {
    throw std::system_error(errno, std::generic_category(), "membarrier");
  }
}

bool Parking::sleep(std::uint32_t seen, Clock::time_point end) {
  timespec left{};
  const bool has_end = end != Clock::time_point::max();
  if (has_end) {
    const Clock::time_point now = Clock::now();
    if (now >= end) return false;
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(end - now).count();
    left = {.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
  }
  // Woken, interrupted, too late to sleep or out of time: the caller looks again in any case.
  if (futex_wait(word_, seen, has_end ? &left : nullptr) && spins_) move_from_waker();
  return true;
}

void Parking::move_from_waker() const {
  const int processor = ::sched_getcpu();
  if (processor != waker_processor_.load(std::memory_order_relaxed)) return;
  if (keep_off(processor, allowed_)) ::sched_setaffinity(0, sizeof allowed_, &allowed_);
}

void Parking::wake_sleepers() {
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  while ((word & kAsleep) != 0) {
    waker_processor_.store(::sched_getcpu(), std::memory_order_relaxed);
    if (!word_.compare_exchange_weak(word, word + 1)) continue;  // clears the bit, and counts
    return futex_wake_all(word_);
  }
}

}  // namespace writebench::strategies
