#include "engine/trial/stop_detector.hpp"

#include <ctime>

namespace writebench::engine {

StopDetector::StopDetector() {
  sigemptyset(&continued_);
  sigaddset(&continued_, SIGCONT);
  pthread_sigmask(SIG_BLOCK, &continued_, &before_);
}

StopDetector::~StopDetector() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

void StopDetector::begin() const {
  const timespec at_once{};
  while (sigtimedwait(&continued_, nullptr, &at_once) == SIGCONT) {
  }
}

bool StopDetector::was_stopped() const {
  sigset_t pending;
  return sigpending(&pending) == 0 && sigismember(&pending, SIGCONT) == 1;
}

}  // namespace writebench::engine
