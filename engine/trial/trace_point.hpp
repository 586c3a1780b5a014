#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace writebench::engine {

/// The number of a trace point of the kernel, such as "syscalls/sys_enter_futex", for perf_event_open(2); no value if
/// the kernel does not tell, as to anybody but root.
std::optional<std::uint64_t> trace_point(std::string_view name);

}  // namespace writebench::engine
