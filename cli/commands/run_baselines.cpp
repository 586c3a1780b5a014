#include "cli/commands/run_baselines.hpp"

#include <fmt/format.h>

#include "cli/options/exit_status.hpp"
#include "cli/text/comparison_text.hpp"
#include "cli/text/print.hpp"
#include "gate/baselines.hpp"
#include "reports/json.hpp"
#include "reports/read/read.hpp"

namespace writebench::cli {

RunBaselines::RunBaselines(const Options& options) : options_(options) {
  const gate::Baselines baselines(options.baseline_directory);
  if (!options.baseline.empty()) {
    base_ = reports::read_report(baselines.path_of(options.baseline));
    calibration_ = gate::read_calibration(baselines.calibration_path());
  }
  if (!options.save_baseline.empty()) baselines.reserve(options.save_baseline, options.replace_baseline);
}

int RunBaselines::finish(const reports::Report& report) const {
  const gate::Baselines baselines(options_.baseline_directory);
  std::FILE* const people = options_.json ? stderr : stdout;
  int status = cli::status(ExitStatus::kFine);
  if (base_) {
    gate::Comparison comparison = gate::compare(*base_, report, {}, calibration_);
    comparison.base.name = options_.baseline;
    comparison.head.name = "this run";
    print_text(people, fmt::format("\n{}", render_comparison(comparison, terminal_of(people))));
    status = status_of(comparison, FailOn::kRegression);
  }
  if (!options_.save_baseline.empty() && status == cli::status(ExitStatus::kSlower)) {
    print_text(people, "baseline: not kept, since something is slower\n");
  } else if (!options_.save_baseline.empty()) {
    baselines.save(options_.save_baseline, reports::to_json(report), options_.replace_baseline);
    print_text(people, fmt::format("baseline: {}\n", baselines.path_of(options_.save_baseline)));
  }
  return status;
}

}  // namespace writebench::cli
