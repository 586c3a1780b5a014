#pragma once

#include <cerrno>

namespace writebench::engine {

/// Makes a system call again as long as a signal interrupts it (EINTR). `call` returns -1 on an error, and errno then
/// says which; not for close(2), which must not be repeated.
template <class Call>
auto until_done(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

}  // namespace writebench::engine
