#include "cli/options/parse_quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/usage_error.hpp"

namespace writebench::cli {
namespace {

struct Unit {
  std::string_view name;  // lower case
  double factor;
};

constexpr std::array<Unit, 4> kCounts{{{"", 1}, {"k", 1e3}, {"m", 1e6}, {"g", 1e9}}};
constexpr std::array<Unit, 10> kSizes{{{"", 1},
                                       {"b", 1},
                                       {"kb", 1e3},
                                       {"mb", 1e6},
                                       {"gb", 1e9},
                                       {"tb", 1e12},
                                       {"kib", 1024.0},
                                       {"mib", 1048576.0},
                                       {"gib", 1073741824.0},
                                       {"tib", 1099511627776.0}}};
constexpr std::array<Unit, 8> kTimes{
    {{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"m", 60e9}, {"h", 3600e9}}};

constexpr std::string_view kSizeExamples = "65536, 64KiB (1024 each) or 64kB (1000 each)";

struct Kind {
  std::span<const Unit> units;
  std::string_view examples;
};

[[noreturn]] void refuse(std::string_view option, std::string_view text, std::string_view wrong,
                         std::string_view advice) {
  throw UsageError(fmt::format("{} '{}' {}; {}", option, text, wrong, advice));
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lowered;
}

// `typed` is what the complaint shows, if `text` is only a part of it.
std::uint64_t parse(std::string_view option, std::string_view text, const Kind& kind, Bounds bounds,
                    std::string_view typed) {
  const std::string advice = fmt::format("use a value such as {}", kind.examples);
  if (text.starts_with('-')) refuse(option, typed, "is negative", advice);
  if (const std::string digits = without_grouping(text); !digits.empty()) {
    refuse(option, typed, "has commas in it", "write " + digits);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) refuse(option, typed, "is too large", advice);
  if (error != std::errc() || !std::isfinite(value)) refuse(option, typed, "is not a number", advice);
  const std::string unit = lower({end, static_cast<std::size_t>(text.data() + text.size() - end)});
  const auto found = std::find_if(kind.units.begin(), kind.units.end(), [&](const Unit& u) { return u.name == unit; });
  const bool unitless_zero = unit.empty() && value == 0;
  if (found == kind.units.end() && !unitless_zero) {
    refuse(option, typed, unit.empty() ? "lacks a unit" : fmt::format("has the unknown unit '{}'", unit), advice);
  }
  value *= unitless_zero ? 1 : found->factor;
  std::uint64_t whole = 0;
  // Every digit counts where there is neither fraction nor unit; a double holds 53 bits.
  const auto digits = std::from_chars(text.data(), text.data() + text.size(), whole);
  const bool exact =
      digits.ec == std::errc() && digits.ptr == text.data() + text.size() && !unitless_zero && found->factor == 1;
  if (!exact) {
    if (value >= 0x1p63) refuse(option, typed, "is too large", fmt::format("at most {}", bounds.most));
    // 1.001k is 1000.9999999999999 in binary.
    const double nearest = std::round(value);
    const double rounding = 4 * std::numeric_limits<double>::epsilon() * value;
    if (std::abs(value - nearest) > rounding) refuse(option, typed, "is not a whole number", advice);
    whole = static_cast<std::uint64_t>(nearest);
  }
  if (whole < bounds.least) refuse(option, typed, "is too small", fmt::format("at least {}", bounds.least));
  if (whole > bounds.most) refuse(option, typed, "is too large", fmt::format("at most {}", bounds.most));
  return whole;
}

}  // namespace

std::string without_grouping(std::string_view text) {
  std::string digits;
  std::size_t in_group = 0;
  bool grouped = false;
  for (const char c : text) {
    if (c == ',') {
      if (digits.empty() || (grouped ? in_group != 3 : in_group > 3)) return "";
      grouped = true;
      in_group = 0;
    } else if (c >= '0' && c <= '9') {
      digits += c;
      ++in_group;
    } else {
      return "";
    }
  }
  return grouped && in_group == 3 ? digits : "";
}

std::uint64_t parse_count(std::string_view option, std::string_view text, Bounds bounds) {
  return parse(option, text, {kCounts, "500000, 500k or 1e6"}, bounds, text);
}

std::uint64_t parse_size(std::string_view option, std::string_view text, Bounds bounds) {
  return parse(option, text, {kSizes, kSizeExamples}, bounds, text);
}

std::chrono::nanoseconds parse_time(std::string_view option, std::string_view text) {
  constexpr std::uint64_t kCentury = 3'155'760'000ull * 1'000'000'000;
  return std::chrono::nanoseconds(parse(option, text, {kTimes, "10us, 250ms, 5s or 2min"}, {0, kCentury}, text));
}

double parse_share(std::string_view option, std::string_view text) {
  constexpr std::string_view kAdvice = "use a share such as 2% or 0.02";
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error != std::errc() || (unit != "%" && !unit.empty())) refuse(option, text, "is not a share", kAdvice);
  if (unit == "%") value /= 100;
  if (!(value >= 0 && value <= 1)) refuse(option, text, "is not between 0% and 100%", kAdvice);
  return value;
}

std::vector<std::string> durability_words() { return {"none", "close", "bytes=", "line"}; }

Durability parse_durability(std::string_view option, std::string_view text) {
  if (text == "none") return {};
  if (text == "close") return {.kind = Durability::Kind::kClose};
  if (text == "line") return {.kind = Durability::Kind::kLine};
  if (text.starts_with("bytes=")) {
    return {.kind = Durability::Kind::kBytes,
            .interval_bytes = parse(option, text.substr(6), {kSizes, kSizeExamples}, {.least = 1}, text)};
  }
  std::string advice = did_you_mean(text, {"none", "close", "bytes=SIZE", "line"});
  if (advice.empty()) advice = "; use none, close, bytes=SIZE or line";
  throw UsageError(fmt::format("{} '{}' is unknown{}", option, text, advice));
}

std::string size_text(std::uint64_t bytes) {
  for (const auto& [unit, name] : {std::pair{1ull << 30, "GiB"}, {1ull << 20, "MiB"}, {1ull << 10, "KiB"}}) {
    if (bytes >= unit && bytes % unit == 0) return fmt::format("{}{}", bytes / unit, name);
  }
  return std::to_string(bytes);
}

std::string time_text(std::uint64_t ns) {
  for (const auto& [unit, name] : {std::pair{1'000'000'000ull, "s"}, {1'000'000ull, "ms"}, {1'000ull, "us"}}) {
    if (ns >= unit && ns % unit == 0) return fmt::format("{}{}", ns / unit, name);
  }
  return fmt::format("{}ns", ns);
}

}  // namespace writebench::cli
