#include "engine/trial/kill_timer.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <system_error>

namespace writebench::engine {

void kill_this_process_after(std::chrono::nanoseconds time) {
  struct sigevent event {};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGKILL;
  timer_t timer{};
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) {
    throw std::system_error(errno, std::generic_category(), "timer_create");
  }
  const auto whole_ns = std::max<std::int64_t>(1, time.count());  // 0 would disarm it (timer_settime(2))
  struct itimerspec at {};
  at.it_value.tv_sec = static_cast<time_t>(whole_ns / 1'000'000'000);
  at.it_value.tv_nsec = static_cast<long>(whole_ns % 1'000'000'000);
  if (::timer_settime(timer, 0, &at, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "timer_settime");
  }
}

}  // namespace writebench::engine
