#pragma once

#include <cstdio>
#include <vector>

#include "gate/limit.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// Says how the run stands to each limit. The exit status: slower if one is exceeded; else usage if one could not be
/// judged, since a gate that judged nothing must not pass.
int check_limits(const reports::Report& report, const std::vector<gate::Limit>& limits, std::FILE* people);

}  // namespace writebench::cli
