#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"

namespace writebench::cli {

/// For each group that is ranked: what is fastest in it, by how much over the next and over the reference, with the
/// 95 % interval, and on how many rounds that rests. A group of one, or one whose pace fixes the time, has no verdict.
std::vector<std::string> verdicts(const reports::Report& report);

}  // namespace writebench::cli
