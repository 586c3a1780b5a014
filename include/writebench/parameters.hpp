#pragma once

#include <cstddef>
#include <cstdint>

namespace writebench {

/// When the bytes of a trial have to be on stable storage, not merely with the kernel.
struct Durability {
  enum class Kind {
    kNone,   ///< never asked for
    kClose,  ///< one fdatasync after the last line
    kBytes,  ///< an fdatasync whenever `interval_bytes` more are with the kernel, and one after the last line
    kLine,   ///< each line is durable before its append returns
  };
  Kind kind = Kind::kNone;
  std::uint64_t interval_bytes = 0;  ///< kBytes only; at least 1

  bool operator==(const Durability&) const = default;
};

/// What one cell is run with. A strategy reads what its descriptor says it uses and ignores the rest.
struct Parameters {
  std::uint64_t lines = 500'000;
  unsigned writers = 10;                       ///< logical producers of lines, at least 1
  unsigned threads = 2;                        ///< threads of a pool, or that write in parallel, at least 1
  std::size_t buffer_bytes = 65536;            ///< one block, at least 1
  std::size_t queue_depth = 1024;              ///< submitted and not yet finished, at least 1
  std::uint64_t in_flight_bytes = 1ull << 30;  ///< the same in bytes, at least 1; one line is let through, however long
  Durability durability = {};

  bool operator==(const Parameters&) const = default;
};

}  // namespace writebench
