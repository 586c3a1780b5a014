#include "engine/machine/room.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <limits>
#include <utility>

#include "engine/machine/control_groups.hpp"
#include "engine/owned_descriptor.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

// quotactl_fd(2) needs no device, unlike quotactl(2); Linux has it since 5.14.
int get_quota_of_kernel(int descriptor, int type, unsigned id, dqblk* quota) {
  return static_cast<int>(::syscall(SYS_quotactl_fd, descriptor, QCMD(Q_GETQUOTA, type), id, quota));
}

std::optional<std::uint64_t> quota_bytes(int descriptor, const RoomCalls& calls) {
  constexpr std::uint64_t kBlockBytes = 1024;  // QIF_DQBLKSIZE: the unit of the limits, but not of what is used
  const auto get_quota = calls.get_quota != nullptr ? calls.get_quota : get_quota_of_kernel;
  std::optional<std::uint64_t> least;
  for (const auto& [type, id] : {std::pair{USRQUOTA, ::geteuid()}, std::pair{GRPQUOTA, ::getegid()}}) {
    dqblk quota{};
    if (get_quota(descriptor, type, id, &quota) != 0) continue;  // there are none, or they may not be asked for
    const std::uint64_t limit_bytes = quota.dqb_bhardlimit * kBlockBytes;
    if (limit_bytes == 0) continue;
    const std::uint64_t left_bytes = limit_bytes - std::min<std::uint64_t>(limit_bytes, quota.dqb_curspace);
    least = std::min(least.value_or(left_bytes), left_bytes);
  }
  return least;
}

bool keeps_files_in_memory(int descriptor) {
  struct statfs status {};
  return ::fstatfs(descriptor, &status) == 0 && (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC);
}

std::uint64_t swap_bytes() {
  struct sysinfo info {};
  return ::sysinfo(&info) == 0 ? std::uint64_t{info.totalswap} * info.mem_unit : 0;
}

}  // namespace

Room room_in(const std::string& directory, const RoomCalls& calls) {
  const OwnedDescriptor descriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0) throw IoError("open", directory, errno);
  Room room;
  struct statvfs status {};
  if (calls.statvfs(descriptor.get(), &status) == 0) {
    if (status.f_blocks > 0) room.free_bytes = std::uint64_t{status.f_bavail} * status.f_frsize;
    if (status.f_files > 0) room.free_files = status.f_favail;
  }
  room.quota_bytes = quota_bytes(descriptor.get(), calls);
  rlimit limit{};
  if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) room.most_file_bytes = limit.rlim_cur;
  if (keeps_files_in_memory(descriptor.get())) room.memory_bytes = memory_of_process_bytes() + swap_bytes();
  return room;
}

std::uint64_t memory_of_process_bytes() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page_bytes = ::sysconf(_SC_PAGESIZE);
  const std::uint64_t machine_bytes = pages > 0 && page_bytes > 0
                                          ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes)
                                          : std::numeric_limits<std::uint64_t>::max() / 2;
  const auto limit_bytes = ControlGroups().memory_bytes();
  return limit_bytes && *limit_bytes > 0 ? std::min(machine_bytes, static_cast<std::uint64_t>(*limit_bytes))
                                         : machine_bytes;
}

}  // namespace writebench::engine
