#include "engine/machine/running_clock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>

namespace writebench::engine {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::milliseconds kStop{30};

// Stops this process for at least kStop.
void stop_for_a_moment() {
  const pid_t stopped = ::getpid();
  const pid_t helper = ::fork();
  if (helper == 0) {
    for (std::string state; state != "T"; ::usleep(1000)) {
      std::string id, name;
      std::ifstream("/proc/" + std::to_string(stopped) + "/stat") >> id >> name >> state;
    }
    ::usleep(std::chrono::microseconds(kStop).count());
    ::kill(stopped, SIGCONT);
    ::_exit(0);
  }
  ::raise(SIGSTOP);
  ::waitpid(helper, nullptr, 0);
}

TEST(RunningClock, LeavesOutTheTimeInWhichTheProcessWasStopped) {
  const auto steady_begin = steady_clock::now();
  const auto running_begin = running_now();
  const auto running_before_stop = running_now();
  stop_for_a_moment();
  const auto running = running_now() - running_begin;
  EXPECT_LE(running, steady_clock::now() - steady_begin - kStop);
  EXPECT_GE(running, running_before_stop - running_begin);
}

TEST(RunningClock, OtherwisePassesLikeTheSteadyClock) {
  const auto running_begin = running_now();
  const auto steady_begin = steady_clock::now();
  ::usleep(2000);
  const auto steady = steady_clock::now() - steady_begin;
  EXPECT_GE(running_now() - running_begin, steady);
}

}  // namespace
}  // namespace writebench::engine
