#pragma once

#include <chrono>

namespace writebench::engine {

/// Has the kernel kill this process with SIGKILL so long from now, or at once if it is not above 0. No code of the
/// process runs for it, so it dies wherever its threads are then. Throws std::system_error if there is no timer.
void kill_this_process_after(std::chrono::nanoseconds time);

}  // namespace writebench::engine
