#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "writebench/option.hpp"

namespace writebench {

/// When the bytes of a trial must be on stable storage, not merely with the kernel.
struct Durability {
  enum class Kind {
    kNone,   ///< no sync
    kClose,  ///< one sync after the last line
    kBytes,  ///< a sync whenever `interval_bytes` more are with the kernel, and one after the last line
    kLine,   ///< each line is durable before its append returns
  };
  Kind kind = Kind::kNone;
  std::uint64_t interval_bytes = 0;  ///< kBytes only; at least 1

  bool operator==(const Durability&) const = default;
};

/// What one cell is run with: the lines, the durability, and a value for each option that its strategy lists.
struct Parameters {
  std::uint64_t lines = 500'000;
  Durability durability = {};
  std::vector<OptionValue> options = {};

  bool operator==(const Parameters&) const = default;

  const OptionValue* find(std::string_view name) const {
    const auto found =
        std::find_if(options.begin(), options.end(), [&](const auto& value) { return value.name == name; });
    return found == options.end() ? nullptr : &*found;
  }

  /// The option's value here; its default if the strategy does not list it.
  std::uint64_t value(const Option& option) const {
    const OptionValue* const found = find(option.name);
    return found == nullptr ? option.usual : found->number;
  }

  /// The number of writers, each of which has a strided share of the lines: kWriters, or kProcesses of a strategy that
  /// lists that one instead.
  unsigned writers() const {
    const bool processes = find(kWriters.name) == nullptr && find(kProcesses.name) != nullptr;
    return static_cast<unsigned>(value(processes ? kProcesses : kWriters));
  }

  void set(const Option& option, std::uint64_t value) { set(OptionValue(option, value)); }

  /// Keeps the options in the order of their names, so that two cells with the same values are equal.
  void set(OptionValue value) {
    const auto at = std::lower_bound(options.begin(), options.end(), value,
                                     [](const auto& a, const auto& b) { return a.name < b.name; });
    if (at != options.end() && at->name == value.name) {
      *at = std::move(value);
    } else {
      options.insert(at, std::move(value));
    }
  }
};

}  // namespace writebench
