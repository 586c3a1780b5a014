#pragma once

#include <vector>

#include "engine/sample.hpp"

namespace writebench::reports {

/// The time of `cell` over that of `other`, for every round in which both have one.
std::vector<double> paired_ratios(const engine::Cell& cell, const engine::Cell& other);

}  // namespace writebench::reports
