#pragma once

#include <chrono>

namespace writebench::engine {

/// The steady clock without the time in which this process was stopped (SIGSTOP, Ctrl-Z). If the process has been
/// continued since the reading before, the time since that reading does not count; so whoever waits reads it often.
/// The first call installs a handler of SIGCONT. Process-wide and not thread-safe: for the main thread only.
std::chrono::steady_clock::time_point running_now();

}  // namespace writebench::engine
