#include "gate/calibration.hpp"
#include "reports/read/read.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/fuzz/temporary_file.hpp"
#include "tests/reports/full_report.hpp"

namespace writebench::fuzz {

// A calibration, and what a gate says with the help of one that is accepted.
void calibration(std::string_view bytes) {
  const TemporaryFile file(bytes);
  try {
    const auto calibration = gate::read_calibration(file.path());
    if (!calibration) return;
    const std::string text = gate::to_json(*calibration);
    require_printable(text, "the calibration in JSON");
    const TemporaryFile written(text);
    require(gate::to_json(*gate::read_calibration(written.path())) == text,
            "a calibration changes when it is read again");
    gate::most_false_alarms(*calibration);
    static const reports::Report report = tests::full_report();
    gate::Calibration here = *calibration;
    here.machine = gate::machine_of(report);
    const gate::Comparison comparison = gate::compare(report, report, {}, here);
    gate::AbResult result;
    result.comparison = comparison;
    result.base = result.head = report;
    gate::sentence(here, result, gate::InterimLooks{});
  } catch (const reports::BadReport& error) {
    require(*error.what() != 0, "a refusal says nothing");
  }
}

}  // namespace writebench::fuzz
