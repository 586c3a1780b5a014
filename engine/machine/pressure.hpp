#pragma once

#include <cstdint>
#include <optional>

namespace writebench::engine {

/// Time in which some task of the machine waited for a processor, a device, or memory (PSI); running totals.
struct Pressure {
  std::optional<std::int64_t> cpu_ns, io_ns, memory_ns;
};

/// Reads /proc/pressure (Documentation/accounting/psi.rst); values that the kernel does not tell are absent.
Pressure read_pressure();

}  // namespace writebench::engine
