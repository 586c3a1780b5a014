#pragma once

#include <chrono>
#include <string>

namespace writebench::cli {

/// Three digits and a unit: `21.3 ms`, `6.52 s`.
std::string format_time(double ns);

/// For people who wait: `850 ms`, `45 s`, `1 min 40 s`, `2 h 5 min`.
std::string format_duration(std::chrono::nanoseconds duration);

/// As it would be typed: `45s`, `15min`, in the largest unit that leaves a whole number.
std::string typed_time(std::chrono::nanoseconds duration);

/// As it would be typed: `5%`.
std::string format_share(double share);

/// Three digits and a factor of a thousand: `23.5M`, `76.7k`, `0.90`.
std::string format_number(double value);

/// A time that may be far below a nanosecond: `0.93 ns`, `5.95 us`.
std::string format_time_per_line(double ns);

/// `10.0 MB`, `3.10 GB`: units of a thousand.
std::string format_bytes(double bytes);

/// `1.52`, `43k`: a factor, never with an exponent.
std::string format_times(double factor);

/// `0.43%`, `113%`: three digits.
std::string format_percent(double share);

/// `1.52x`, `43kx`.
std::string format_factor(double factor);

/// `12.1x slower`, `1.45x faster`; `ratio` is time over the reference's time.
std::string format_ratio(double ratio);

}  // namespace writebench::cli
