#pragma once

namespace writebench::engine {

/// Drops what the kernel has in its caches, of every file system of this machine: pages of files that are on their
/// device already, directory entries and inodes (/proc/sys/vm/drop_caches). What is dirty, mapped or in use stays, so
/// sync first. Throws Unsupported if this process may not; that takes root, outside most containers.
void drop_caches();

}  // namespace writebench::engine
