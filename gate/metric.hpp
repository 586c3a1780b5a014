#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "engine/trial/sample.hpp"

namespace writebench::gate {

/// What two sides are compared by. Of every one less is better; that of lines-per-second is its inverse, the time.
struct Metric {
  std::string_view name;
  std::string_view unit;  ///< of a value: ns, bytes, or nothing for a count
  std::string_view summary;
  /// Of one trial; nothing where it has none.
  std::optional<double> (*value)(const engine::Sample&) = nullptr;
  bool rate = false;      ///< shown as lines a second
  bool observed = false;  ///< its trials time every append
};

/// All of them, the default first.
std::span<const Metric> metrics();

/// The value of a trial that has one above 0, which a ratio can be taken of.
std::optional<double> value_of(const Metric& metric, const engine::Sample& sample);

}  // namespace writebench::gate
