#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/trial/sample_fields.hpp"

namespace writebench::gate {

/// What two sides are compared by. Less of it is better; that of lines-per-second is its inverse, the time.
struct Metric {
  std::string name;  ///< SampleField::word()
  std::string_view summary;
  const engine::SampleField* field = nullptr;
  bool rate = false;  ///< shown as lines a second

  std::string_view unit() const { return field->unit(); }
  bool observed() const { return field->needs_timed_appends; }
};

/// All of them, the default first.
std::span<const Metric> metrics();

/// The value of a trial that has one above 0, which a ratio can be taken of.
std::optional<double> value_of(const Metric& metric, const engine::Sample& sample);

}  // namespace writebench::gate
