#pragma once

#include <filesystem>

namespace writebench::engine {

/// Whether the host of this virtual machine takes back memory that is free here: free page reporting
/// (mm/page_reporting.c, since Linux 5.7), as virtio-balloon and Hyper-V's balloon use it. The first store to such a
/// page then waits until the host has found memory for it again. Tests set `root`, which is put before the path in
/// sysfs.
bool host_takes_free_memory(const std::filesystem::path& root = "/");

}  // namespace writebench::engine
