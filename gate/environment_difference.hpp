#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"

namespace writebench::gate {

/// What a difference between two machines or builds means for a comparison.
enum class Effect {
  kNote,          ///< said, no more: it may be the very thing under test
  kWiden,         ///< may shift the times a little: the limits are widened by kUnlikeAllowance
  kInconclusive,  ///< the times are of different worlds: nothing is inferred
};

/// By how much each difference of that kind widens the limits, as a logarithm.
inline constexpr double kUnlikeAllowance = 0.05;

struct Difference {
  std::string field;  ///< as in the report, such as environment.kernel
  std::string base;
  std::string head;
  Effect effect = Effect::kNote;
};

/// How the machines and the builds of two reports differ, beyond the tolerance of each field (memory 10 %; the load,
/// free space and directory not at all).
std::vector<Difference> differences(const reports::Report& base, const reports::Report& head);

}  // namespace writebench::gate
