#include "crash/detached_mount.hpp"

#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "writebench/errors.hpp"

namespace writebench::crash {
namespace {

using engine::OwnedDescriptor;

// The kernel's own words about what was wrong, "e ext4: …", if it has any.
std::string explanation(int context) {
  std::array<char, 256> text{};
  const ssize_t got = ::read(context, text.data(), text.size());
  if (got <= 2) return "";
  std::string line(text.data() + 2, static_cast<std::size_t>(got) - 2);
  while (line.ends_with('\n')) line.pop_back();
  return ": " + line;
}

[[noreturn]] void fail(const std::string& type, const std::string& step, int context) {
  const int error = errno;
  const std::string reason = std::strerror(error);
  if (error == EPERM) throw Unsupported("mounting needs the right CAP_SYS_ADMIN: run it as root");
  throw std::runtime_error(step + " of a file system of type " + type + ": " + reason +
                           (context < 0 ? "" : explanation(context)));
}

// glibc has wrappers since 2.36 only.
int configure(int context, unsigned command, const char* key, const char* value) {
  return static_cast<int>(::syscall(SYS_fsconfig, context, command, key, value, 0));
}

}  // namespace

DetachedMount::DetachedMount(const std::string& type, const Options& options) : mount_(-1) {
  const OwnedDescriptor context(static_cast<int>(::syscall(SYS_fsopen, type.c_str(), FSOPEN_CLOEXEC)));
  if (context.get() < 0 && errno == ENOSYS) throw Unsupported("the kernel has no fsopen(2); it needs Linux 5.8");
  if (context.get() < 0 && errno == ENODEV) throw Unsupported("the kernel has no file system " + type);
  if (context.get() < 0) fail(type, "fsopen", -1);
  for (const auto& [key, value] : options) {
    const bool flag = value.empty();
    if (configure(context.get(), flag ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, key.c_str(),
                  flag ? nullptr : value.c_str()) != 0) {
      fail(type, "the option " + key, context.get());
    }
  }
  if (configure(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr) != 0) fail(type, "mounting", context.get());
  mount_ = OwnedDescriptor(static_cast<int>(::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0)));
  if (mount_.get() < 0) fail(type, "fsmount", context.get());
}

std::string DetachedMount::path() const { return "/proc/self/fd/" + std::to_string(mount_.get()); }

}  // namespace writebench::crash
