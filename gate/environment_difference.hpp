#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"

namespace writebench::gate {

/// The effect of a difference between two machines or builds on a comparison.
enum class Effect {
  kNote,          ///< only reported: it may be what is being tested
  kWiden,         ///< may change the times a little: the limits are widened by kUnlikeAllowance
  kInconclusive,  ///< the times cannot be compared: no verdict
};

/// The amount by which each such difference widens the limits, as a logarithm.
inline constexpr double kUnlikeAllowance = 0.05;

/// The field of a difference that is the cells which one side alone has.
inline constexpr const char* kCellsOfOneSide = "cells";

struct Difference {
  std::string field;  ///< its path in the report, such as environment.kernel
  std::string base;
  std::string head;
  Effect effect = Effect::kNote;
};

/// The differences between the machines, the builds and the mixes of cells of two reports in what bears on speed,
/// beyond the tolerance of each field: memory may differ by 10 %. Of the mount options and the device's name only the
/// part counts that bears on speed (gate/mount_options.hpp). Load, directory, the size of the file system and its free
/// space are ignored.
std::vector<Difference> differences(const reports::Report& base, const reports::Report& head);

}  // namespace writebench::gate
