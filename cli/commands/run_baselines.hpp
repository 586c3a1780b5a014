#pragma once

#include <cstdio>
#include <optional>

#include "cli/options/options.hpp"
#include "gate/calibration.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// What a run does with the reports that are kept under a name: --baseline and --save-baseline.
class RunBaselines {
 public:
  /// Reads the one to compare with and the calibration, and makes sure that the new one can be kept, before anything is
  /// measured. Throws gate::BadBaseline, reports::BadReport.
  explicit RunBaselines(const Options& options);

  /// Compares and keeps, as far as asked for: the exit status of a gate. Only for a run that was whole and failed
  /// nowhere.
  int finish(const reports::Report& report) const;

 private:
  const Options& options_;
  std::optional<reports::Report> base_;
  std::optional<gate::Calibration> calibration_;
};

}  // namespace writebench::cli
