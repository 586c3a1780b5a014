#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/trial/sample_fields.hpp"

namespace writebench::gate {

/// A figure by which two sides are compared; less is better. For lines-per-second, the figure is its inverse, the time.
struct Metric {
  std::string name;  ///< SampleField::word()
  std::string_view summary;
  const engine::SampleField* field = nullptr;
  bool rate = false;  ///< shown as lines per second

  std::string_view unit() const { return field->unit(); }
  bool observed() const { return field->needs_timed_appends; }
};

/// All metrics, the default first.
std::span<const Metric> metrics();

/// The trial's value if it is above 0, so that a ratio can be formed; otherwise no value.
std::optional<double> value_of(const Metric& metric, const engine::Sample& sample);

}  // namespace writebench::gate
