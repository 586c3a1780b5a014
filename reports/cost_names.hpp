#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "engine/trial/sample.hpp"

namespace writebench::reports {

/// A counter of a trial with the name that it has in every form of the report. Absent there where it is unknown.
template <class Counters>
struct Counter {
  const char* name;
  std::optional<std::int64_t> Counters::*value;
};

inline constexpr std::array<Counter<engine::Cost>, 14> kCosts{{
    {"user_cpu_ns", &engine::Cost::user_cpu_ns},
    {"system_cpu_ns", &engine::Cost::system_cpu_ns},
    {"caller_user_cpu_ns", &engine::Cost::caller_user_cpu_ns},
    {"caller_system_cpu_ns", &engine::Cost::caller_system_cpu_ns},
    {"caller_run_delay_ns", &engine::Cost::caller_run_delay_ns},
    {"voluntary_switches", &engine::Cost::voluntary_switches},
    {"involuntary_switches", &engine::Cost::involuntary_switches},
    {"write_syscalls", &engine::Cost::write_syscalls},
    {"written_bytes", &engine::Cost::written_bytes},
    {"device_bytes", &engine::Cost::device_bytes},
    {"minor_faults", &engine::Cost::minor_faults},
    {"major_faults", &engine::Cost::major_faults},
    {"peak_rss_bytes", &engine::Cost::peak_rss_bytes},
    {"rss_growth_bytes", &engine::Cost::rss_growth_bytes},
}};

inline constexpr std::array<Counter<engine::Interference>, 10> kInterference{{
    {"window_ns", &engine::Interference::window_ns},
    {"stolen_ns", &engine::Interference::stolen_ns},
    {"other_cpu_ns", &engine::Interference::other_cpu_ns},
    {"writeback_bytes", &engine::Interference::writeback_bytes},
    {"device_other_bytes", &engine::Interference::device_other_bytes},
    {"throttled_from_bytes", &engine::Interference::throttled_from_bytes},
    {"throttled_from_ns", &engine::Interference::throttled_from_ns},
    {"cpu_pressure_ns", &engine::Interference::cpu_pressure_ns},
    {"io_pressure_ns", &engine::Interference::io_pressure_ns},
    {"memory_pressure_ns", &engine::Interference::memory_pressure_ns},
}};

}  // namespace writebench::reports
