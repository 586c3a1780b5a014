#include "engine/run/interrupt.hpp"

#include <csignal>
#include <initializer_list>

namespace writebench::engine {
namespace {

volatile std::sig_atomic_t first_signal = 0;

void note(int signal_number) {
  if (first_signal == 0) first_signal = signal_number;
}

}  // namespace

void catch_interrupts() {
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    if (sigaction(signal_number, nullptr, &old) == 0 && old.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = note;  // without SA_RESTART, so that a blocking wait returns and checks
    sigemptyset(&action.sa_mask);
    sigaction(signal_number, &action, nullptr);
  }
}

int interrupted() { return first_signal; }

}  // namespace writebench::engine
