#include "crash/loop_device.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "engine/until_done.hpp"
#include "writebench/errors.hpp"

namespace writebench::crash {
namespace {

using engine::OwnedDescriptor;
using engine::until_done;

constexpr const char* kControl = "/dev/loop-control";
constexpr int kMostTries = 64;  // somebody else may take the free one first

Unsupported cannot_open(const std::string& path) {
  return Unsupported("it needs loop devices, and " + path + " cannot be opened: " + std::strerror(errno));
}

}  // namespace

LoopDevice::LoopDevice(int backing_file) : device_(-1) {
  const OwnedDescriptor control(until_done([] { return ::open(kControl, O_RDWR | O_CLOEXEC); }));
  if (control.get() < 0) throw cannot_open(kControl);
  for (int tries = 1;; ++tries) {
    const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0) throw Unsupported(std::string("there is no free loop device: ") + std::strerror(errno));
    path_ = "/dev/loop" + std::to_string(number);
    OwnedDescriptor device(until_done([&] { return ::open(path_.c_str(), O_RDWR | O_CLOEXEC); }));
    if (device.get() < 0) throw cannot_open(path_);
    loop_config config{};
    config.fd = static_cast<__u32>(backing_file);
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO;
    if (until_done([&] { return ::ioctl(device.get(), LOOP_CONFIGURE, &config); }) == 0) {
      device_ = std::move(device);
      return;
    }
    if (errno == EINVAL || errno == ENOTTY) throw Unsupported("the kernel has no LOOP_CONFIGURE; it needs Linux 5.8");
    if (errno != EBUSY || tries == kMostTries)
      throw std::system_error(errno, std::generic_category(), "LOOP_CONFIGURE");
  }
}

}  // namespace writebench::crash
