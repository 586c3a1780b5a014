#include "cli/options/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/options/parse_quantity.hpp"
#include "cli/options/usage_error.hpp"

namespace writebench::cli {
namespace {

constexpr std::size_t kMostValues = 10'000;

[[noreturn]] void refuse(std::string_view option, std::string_view text, std::string_view wrong) {
  throw UsageError(fmt::format("{} '{}' {}; a range is A..B*FACTOR or A..B+STEP, such as 4KiB..1MiB*4 or 1..16+5",
                               option, text, wrong));
}

// Values in the order given, each once.
template <class T>
class Once {
 public:
  void add(std::string_view option, std::string_view text, T value) {
    if (!known_.insert(value).second) return;
    values_.push_back(std::move(value));
    if (values_.size() > kMostValues) {
      throw UsageError(fmt::format("{} '{}' has too many values; at most {}", option, shortened(text), kMostValues));
    }
  }
  std::vector<T> values() && { return std::move(values_); }

 private:
  static std::string shortened(std::string_view text) {
    constexpr std::size_t kMost = 60;
    return text.size() <= kMost ? std::string(text) : std::string(text.substr(0, kMost)) + "...";
  }

  std::vector<T> values_;
  std::set<T> known_;
};

void add_range(std::string_view option, std::string_view text, std::size_t dots, const ParseNumber& parse,
               Once<std::uint64_t>& values) {
  const std::size_t sign = text.find_first_of("*+", dots);
  if (sign == std::string_view::npos) refuse(option, text, "lacks its step");
  const std::uint64_t first = parse(option, text.substr(0, dots));
  const std::uint64_t last = parse(option, text.substr(dots + 2, sign - dots - 2));
  if (last < first) refuse(option, text, "ends before it begins");
  const std::string_view step_text = text.substr(sign + 1);
  const bool times = text[sign] == '*';
  // A step has the option's own unit; a factor is a plain number.
  const std::uint64_t step =
      times ? parse_count(option, step_text, {.least = 2}) : parse_size(option, step_text, {.least = 1});
  for (std::uint64_t value = first;;) {
    values.add(option, text, value);
    if (times ? value == 0 || value > last / step : last - value < step) return;
    value = times ? value * step : value + step;
  }
}

}  // namespace

std::vector<std::string> parse_list(std::string_view option, std::string_view text) {
  Once<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end == begin)
      throw UsageError(fmt::format("{} '{}' has an empty value; give one between the commas", option, text));
    parts.add(option, text, std::string(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return std::move(parts).values();
}

std::vector<std::uint64_t> parse_sweep(std::string_view option, std::string_view text, const ParseNumber& parse) {
  if (text.find(',') == std::string_view::npos && text.find("..") == std::string_view::npos)
    return {parse(option, text)};
  Once<std::uint64_t> values;
  for (const std::string& part : parse_list(option, text)) {
    // Nobody writes a value as 000 or 050, so the commas group digits.
    if (part.size() > 1 && part[0] == '0' && part[1] >= '0' && part[1] <= '9') {
      const std::string digits = without_grouping(text);
      throw UsageError(fmt::format("{} '{}' has commas in it; write {}", option, text,
                                   digits.empty() ? "each number without them" : digits));
    }
    const std::size_t dots = part.find("..");
    if (dots == std::string::npos) {
      values.add(option, text, parse(option, part));
    } else {
      add_range(option, part, dots, parse, values);
    }
  }
  return std::move(values).values();
}

}  // namespace writebench::cli
