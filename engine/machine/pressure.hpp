#pragma once

#include <cstdint>
#include <optional>

namespace writebench::engine {

/// Time in which some task of the machine waited for a processor, for a device, for memory (PSI); running totals.
struct Pressure {
  std::optional<std::int64_t> cpu_ns, io_ns, memory_ns;
};

/// Reads /proc/pressure (Documentation/accounting/psi.rst); absent if the kernel does not tell.
Pressure read_pressure();

}  // namespace writebench::engine
