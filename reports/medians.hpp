#pragma once

#include <cstdint>
#include <optional>

#include "engine/trial/cell.hpp"

namespace writebench::reports {

/// User and system time together, of all threads.
std::optional<std::int64_t> cpu_ns(const engine::Sample& sample);

/// Medians over the trials of a cell that have a time; nothing where none of them knows.
std::optional<double> median_cpu_ns(const engine::Cell& cell);
std::optional<double> median_peak_rss_bytes(const engine::Cell& cell);
std::optional<double> median_write_syscalls(const engine::Cell& cell);

}  // namespace writebench::reports
