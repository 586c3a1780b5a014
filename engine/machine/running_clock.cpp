#include "engine/machine/running_clock.hpp"

#include <csignal>

namespace writebench::engine {
namespace {

using std::chrono::steady_clock;

volatile std::sig_atomic_t was_continued = 0;

void note_continued(int) { was_continued = 1; }

bool watch_continuations() {
  struct sigaction action {};
  action.sa_handler = note_continued;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  return sigaction(SIGCONT, &action, nullptr) == 0;
}

}  // namespace

steady_clock::time_point running_now() {
  [[maybe_unused]] static const bool watched = watch_continuations();
  static steady_clock::time_point last = steady_clock::now();
  static steady_clock::duration left_out{0};
  const steady_clock::time_point now = steady_clock::now();
  if (was_continued != 0) {
    was_continued = 0;
    left_out += now - last;
  }
  last = now;
  return now - left_out;
}

}  // namespace writebench::engine
