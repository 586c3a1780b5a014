#include "cli/text/format_quantity.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <utility>

namespace writebench::cli {
namespace {

// Three significant digits without an exponent, for values from 0.01 to 9999. The thresholds are those of rounding.
std::string three_digits(double value) {
  if (value >= 99.95) return fmt::format("{:.0f}", value);
  if (value >= 9.995) return fmt::format("{:.1f}", value);
  return fmt::format("{:.2f}", value);
}

}  // namespace

std::string format_time(double ns) {
  ns = std::round(ns);  // as a report has it: rounding what is already rounded may give another figure
  if (ns < 999.5) return fmt::format("{:.0f} ns", ns);
  if (ns < 999.5e3) return three_digits(ns / 1e3) + " us";
  if (ns < 999.5e6) return three_digits(ns / 1e6) + " ms";
  return three_digits(ns / 1e9) + " s";
}

std::string format_duration(std::chrono::nanoseconds duration) {
  const double s = std::chrono::duration<double>(duration).count();
  if (s < 0.9995) return fmt::format("{:.0f} ms", s * 1e3);
  if (s < 9.95) return fmt::format("{:.1f} s", s);
  const auto seconds = std::llround(s);
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

std::string typed_time(std::chrono::nanoseconds duration) {
  const auto ns = duration.count();
  for (const auto& [unit, name] : std::initializer_list<std::pair<std::int64_t, const char*>>{
           {3'600'000'000'000, "h"}, {60'000'000'000, "min"}, {1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}}) {
    if (ns >= unit && ns % unit == 0) return fmt::format("{}{}", ns / unit, name);
  }
  return fmt::format("{}ns", ns);
}

std::string format_share(double share) { return fmt::format("{:g}%", 100 * share); }

std::string format_number(double value) {
  if (value == 0) return "0";
  if (value < 999.5) return three_digits(value);
  if (value < 999.5e3) return three_digits(value / 1e3) + "k";
  if (value < 999.5e6) return three_digits(value / 1e6) + "M";
  return three_digits(value / 1e9) + "G";
}

std::string format_time_per_line(double ns) { return ns < 99.95 ? three_digits(ns) + " ns" : format_time(ns); }

std::string format_bytes(double bytes) {
  if (bytes < 999.5) return fmt::format("{:.0f} B", bytes);
  if (bytes < 999.5e3) return three_digits(bytes / 1e3) + " kB";
  if (bytes < 999.5e6) return three_digits(bytes / 1e6) + " MB";
  if (bytes < 999.5e9) return three_digits(bytes / 1e9) + " GB";
  return three_digits(bytes / 1e12) + " TB";
}

std::string format_percent(double share) { return three_digits(100 * share) + "%"; }

std::string format_times(double factor) {
  return factor < 9999.5 ? three_digits(factor) : fmt::format("{:.0f}k", factor / 1e3);
}

std::string format_factor(double factor) { return format_times(factor) + "x"; }

std::string format_ratio(double ratio) {
  return ratio > 1 ? format_factor(ratio) + " slower" : format_factor(1 / ratio) + " faster";
}

}  // namespace writebench::cli
