#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <climits>
#include <cstdint>
#include <ctime>

namespace writebench::strategies {

/// Sleeps while the word has the value `seen`, until somebody wakes its sleepers. May return earlier (futex(2)).
/// Returns whether it was woken.
inline bool futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t seen, const timespec* most = nullptr) {
  return ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, seen, most, nullptr, 0) == 0;
}

/// The same for at most so long. std::atomic::wait() has no such limit.
inline void futex_wait_for(const std::atomic<std::uint32_t>& word, std::uint32_t seen, std::chrono::nanoseconds most) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const timespec limit{static_cast<std::time_t>(most.count() / kSecond), static_cast<long>(most.count() % kSecond)};
  futex_wait(word, seen, &limit);
}

/// Wakes all who sleep on the word. Call it after the word has changed.
inline void futex_wake_all(const std::atomic<std::uint32_t>& word) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace writebench::strategies
