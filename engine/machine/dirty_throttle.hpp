#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace writebench::engine {

/// Where in the kernel each thread of a process sleeps at this moment (/proc/PID/task/TID/wchan, proc(5)): the name of
/// a function, "0" of a thread that runs or waits for a processor. Empty where the kernel does not tell.
std::vector<std::string> wait_channels(pid_t process);

/// Whether one of the threads sleeps because too much memory is dirty. The kernel lets a writer sleep in
/// balance_dirty_pages() (mm/page-writeback.c), which every buffered write passes, whichever limit it is: that of the
/// machine, of one device, or of a control group.
bool held_for_dirty_memory(const std::vector<std::string>& wait_channels);

}  // namespace writebench::engine
