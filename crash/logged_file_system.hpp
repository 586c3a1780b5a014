#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "crash/detached_mount.hpp"
#include "crash/device_log.hpp"
#include "crash/loop_device.hpp"
#include "crash/memory_file.hpp"
#include "engine/owned_descriptor.hpp"
#include "engine/process/process_tree.hpp"

namespace writebench::crash {

/// Makes an empty ext4 for so many files. Throws Unsupported if mkfs.ext4 is missing, and std::runtime_error.
void make_ext4(MemoryFile& image, std::uint64_t files);

/// Mounts an ext4, which takes back what its journal has. Throws as DetachedMount does.
DetachedMount mount_ext4(const LoopDevice& device);

/// A mounted ext4 of which every request to its device is logged, in this order:
///
///   ext4 → loop device → a file in a FUSE file system → a child of this process, which logs it and keeps the bytes
///
/// A flush of the device arrives there as FUSE_FSYNC. Nothing of it is seen in the file tree, and nothing of it
/// outlives this process, whatever ends it: the mounts are detached, the loop device frees itself, and the child dies
/// with its parent. This process must have one thread.
class LoggedFileSystem {
 public:
  /// `made` is what the device has before. Throws as LoopDevice and DetachedMount do.
  LoggedFileSystem(const MemoryFile& made, std::shared_ptr<DeviceLog> log);
  LoggedFileSystem(const LoggedFileSystem&) = delete;
  LoggedFileSystem& operator=(const LoggedFileSystem&) = delete;

  /// Its root, for this process and the children that are forked from it.
  std::string path() const { return mount_->path(); }

  /// Waits until everything in it is on its device. Throws std::system_error.
  void sync() const;

 private:
  class Server {
   public:
    Server(int connection, MemoryFile& image, DeviceLog& log);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

   private:
    pid_t pid_;
    std::optional<engine::SparedChild> spared_;
  };

  // In this order: each one needs those before it.
  const std::shared_ptr<DeviceLog> log_;
  MemoryFile image_;
  std::optional<Server> server_;
  std::optional<DetachedMount> fuse_;
  engine::OwnedDescriptor backing_{-1};
  std::optional<LoopDevice> loop_;
  std::optional<DetachedMount> mount_;
};

}  // namespace writebench::crash
