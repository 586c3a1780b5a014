#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace writebench::engine {

/// The kernel function in which each thread of a process sleeps now (/proc/PID/task/TID/wchan, proc(5)); "0" for a
/// thread that runs or waits for a processor. Empty if the kernel does not tell.
std::vector<std::string> wait_channels(pid_t process);

/// Whether a thread sleeps because too much memory is dirty. Every buffered write passes balance_dirty_pages()
/// (mm/page-writeback.c), where the kernel makes a writer sleep at any of the limits: of the machine, of a device, or
/// of a control group.
bool held_for_dirty_memory(const std::vector<std::string>& wait_channels);

}  // namespace writebench::engine
