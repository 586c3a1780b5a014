#include "strategies/support/io_uring_refusal.hpp"

#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace writebench::strategies {
namespace {

// Both numbers of the sysctl but 0 refuse: 1 all who are not privileged and not in a group, 2 everybody.
std::string reason_for(int error_number) {
  if (error_number == ENOSYS) return "a kernel without it, or a policy such as seccomp's";
  int disabled = 0;
  std::ifstream("/proc/sys/kernel/io_uring_disabled") >> disabled;
  if (disabled == 0) return "a policy such as seccomp's";
  const std::string sysctl = "kernel.io_uring_disabled is " + std::to_string(disabled);
  return disabled == 1 ? sysctl + ", for all outside kernel.io_uring_group" : sysctl;
}

// A ring without entries is an invalid argument if the kernel lets this process make one, and making none saves the
// milliseconds that the kernel takes to destroy it.
int error_of_setup() {
  io_uring_params parameters{};
  return ::syscall(__NR_io_uring_setup, 0, &parameters) < 0 ? errno : 0;
}

}  // namespace

std::optional<std::string> io_uring_refusal_of(int error_number) {
  if (error_number != EPERM && error_number != ENOSYS) return std::nullopt;
  return "the kernel refuses io_uring (" + std::generic_category().message(error_number) +
         "): " + reason_for(error_number);
}

std::optional<std::string> io_uring_refusal() {
  static const std::optional<std::string> refusal = io_uring_refusal_of(error_of_setup());
  return refusal;
}

}  // namespace writebench::strategies
