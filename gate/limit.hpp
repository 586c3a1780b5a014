#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/statistics.hpp"
#include "gate/metric.hpp"
#include "reports/report.hpp"

namespace writebench::gate {

/// What a strategy may cost at most, whatever it cost before. Of a rate: what it must reach.
struct Limit {
  std::string strategy;
  const Metric* metric = nullptr;
  double value = 0;  ///< in the metric's unit; lines per second of a rate
};

/// How a cell stands to a limit.
struct LimitVerdict {
  enum class Kind {
    kKept,
    kExceeded,
    kUncertain,  ///< the limit lies within the interval
    kUnknown,    ///< there is no value to judge
  };
  std::string id;  ///< the cell's
  Kind kind = Kind::kUnknown;
  double value = 0;                          ///< the median of the trials, in the limit's unit
  std::optional<engine::Interval> interval;  ///< its 95 % interval, if there are enough trials
  std::size_t trials = 0;
  std::string reason;  ///< kUnknown: why
};

/// Each cell of the limit's strategy, in the order of the report. Exceeded means beyond doubt: the whole interval of
/// the median lies beyond the limit; with too few trials for an interval, every trial does. Of the stall, which trials
/// of their own measure, the percentile of all their appends is compared.
std::vector<LimitVerdict> judge(const reports::Report& report, const Limit& limit);

}  // namespace writebench::gate
