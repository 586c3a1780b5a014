#include "cli/commands/compare.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>

#include "cli/commands/verdict_output.hpp"
#include "cli/options/baseline_directory_option.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/options/verdict_options.hpp"
#include "cli/text/notes.hpp"
#include "gate/baselines.hpp"
#include "gate/calibration.hpp"
#include "reports/read/read.hpp"

namespace writebench::cli {
namespace {

struct TypedCompare {
  std::optional<std::string> base;
  std::optional<std::string> head;
  std::string baseline;
  std::string baseline_directory = gate::kBaselineDirectory;
  TypedSettings settings;
};

// What only trials that time every append have is in no ordinary report, and then nothing could be compared.
void check_metric(const gate::Metric& metric, const reports::Report& base, const reports::Report& head) {
  const auto has = [&](const reports::Report& report) {
    return std::any_of(report.cells.begin(), report.cells.end(), [&](const engine::Cell& cell) {
      return std::any_of(cell.samples.begin(), cell.samples.end(),
                         [&](const engine::Sample& sample) { return gate::value_of(metric, sample).has_value(); });
    });
  };
  if (!metric.observed() || (has(base) && has(head))) return;
  throw UsageError(fmt::format(
      "--metric '{}' is not in these reports, whose trials do not time every append; 'writebench ab --metric "
      "{}' measures it",
      metric.name, metric.name));
}

int compare(const TypedCompare& typed) {
  const gate::ComparisonSettings settings = parse_settings(typed.settings);
  const gate::Baselines baselines(typed.baseline_directory);
  std::vector<std::string> paths;
  if (!typed.baseline.empty()) paths.push_back(baselines.path_of(typed.baseline));
  for (const auto& path : {typed.base, typed.head}) {
    if (path) paths.push_back(*path);
  }
  if (paths.size() != 2) {
    throw UsageError(typed.baseline.empty()
                         ? "compare needs two reports, BASE.json and HEAD.json, or one and --baseline"
                         : "compare with --baseline takes one report, HEAD.json");
  }
  const VerdictOutput output(typed.settings, paths);
  if (typed.settings.force && !output.has_files()) print_notes({"--force has no effect without a file of --out"});
  const reports::Report base = reports::read_report(paths[0]);
  const reports::Report head = reports::read_report(paths[1]);
  check_metric(*settings.metric, base, head);
  gate::Comparison comparison =
      gate::compare(base, head, settings, gate::read_calibration(baselines.calibration_path()));
  comparison.base.name = paths[0];
  comparison.head.name = paths[1];
  return output.print(comparison);
}

}  // namespace

void declare_compare(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("compare", "what got slower between two reports");
  const auto typed = std::make_shared<TypedCompare>();
  command->add_option("BASE", typed->base, "a report, or '-' for stdin; leave it out with --baseline")
      ->check(offers(Offer::Kind::kReports))
      ->type_name("");
  command->add_option("HEAD", typed->head, "the report to judge by it")
      ->check(offers(Offer::Kind::kReports))
      ->type_name("");
  command->add_option("--baseline", typed->baseline, "the base is the report kept under this name")
      ->check(offers(Offer::Kind::kBaselines))
      ->type_name("NAME");
  declare_baseline_directory(*command, typed->baseline_directory, "where they are kept");
  declare_settings(*command, typed->settings);
  command->callback([=, &action] { action = [=] { return compare(*typed); }; });
}

}  // namespace writebench::cli
