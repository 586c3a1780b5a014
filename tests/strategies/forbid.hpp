#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace writebench::tests {

/// From now on this system call fails with that error in this process, as in a sandbox (seccomp(2)). Ends the process
/// with status 77 if the kernel has no such filters.
inline void forbid(long call, int error) {
  const auto plain = [](unsigned code, std::uint32_t value) {
    return sock_filter{static_cast<std::uint16_t>(code), 0, 0, value};
  };
  sock_filter filter[] = {
      plain(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, static_cast<std::uint32_t>(call)},
      plain(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error)),
      plain(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(filter)), filter};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    ::_exit(77);
  }
}

}  // namespace writebench::tests
