#pragma once

#include <string>

#include "gate/comparison.hpp"

namespace writebench::gate {

/// The version of the form, as comparison.schema.json describes it.
inline constexpr int kComparisonSchema = 1;

/// The comparison as JSON text; ends with a newline.
std::string to_json(const Comparison& comparison);

}  // namespace writebench::gate
