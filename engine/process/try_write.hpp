#pragma once

#include <unistd.h>

#include <cstddef>

namespace writebench::engine {

/// Writes what can be written in one call, where nobody could be told if it fails. Async-signal-safe.
inline void try_write(int descriptor, const void* bytes, std::size_t count) {
  if (::write(descriptor, bytes, count) < 0) return;
}

}  // namespace writebench::engine
