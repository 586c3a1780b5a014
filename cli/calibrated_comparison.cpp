#include "cli/calibrated_comparison.hpp"

#include "gate/baselines.hpp"
#include "gate/calibration.hpp"

namespace writebench::cli {

gate::Comparison calibrated_comparison(const reports::Report& base, const reports::Report& head, gate::Terms terms,
                                       const std::string& baseline_directory) {
  const auto calibration = gate::read_calibration(gate::Baselines(baseline_directory).calibration_path());
  if (calibration && gate::is_of(*calibration, head)) terms.run_to_run = gate::run_to_run_of(*calibration);
  gate::Comparison comparison = gate::compare(base, head, terms);
  if (calibration) comparison.notes.push_back(gate::sentence(*calibration, head));
  return comparison;
}

}  // namespace writebench::cli
