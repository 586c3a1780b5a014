#include "cli/commands/baselines.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/options/baseline_directory_option.hpp"
#include "gate/baselines.hpp"
#include "gate/calibration.hpp"
#include "reports/read/read.hpp"

namespace writebench::cli {
namespace {

int list(const std::string& directory) {
  const gate::Baselines baselines(directory);
  for (const std::string& name : baselines.names()) {
    try {
      const reports::Report report = reports::read_report(baselines.path_of(name));
      fmt::print("{}  {}  writebench {}, {} cells, {}\n", name, report.started_at, report.build.version,
                 report.cells.size(), gate::machine_of(report));
    } catch (const reports::BadReport& bad) {
      fmt::print("{}  {}\n", name, bad.what());
    }
  }
  if (const auto calibration = gate::read_calibration(baselines.calibration_path())) {
    fmt::print("calibrated on {} on {}\n", calibration->made_at, calibration->machine);
  }
  return 0;
}

}  // namespace

void declare_baselines(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("baselines", "the reports kept under a name");
  const auto directory = std::make_shared<std::string>(gate::kBaselineDirectory);
  declare_baseline_directory(*command, *directory, "where they are kept");
  command->callback([=, &action] { action = [=] { return list(*directory); }; });
}

}  // namespace writebench::cli
