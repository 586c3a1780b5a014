#include "engine/machine/page_cache.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "engine/owned_descriptor.hpp"
#include "engine/until_done.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {

void drop_caches() {
  const OwnedDescriptor file(::open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC));
  constexpr char kAll = '3';  // pages, and directory entries and inodes
  if (file.get() >= 0 && until_done([&] { return ::write(file.get(), &kAll, 1); }) == 1) return;
  throw Unsupported(std::string("caches cannot be dropped here: /proc/sys/vm/drop_caches: ") + std::strerror(errno));
}

}  // namespace writebench::engine
