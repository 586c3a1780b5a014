#include "cli/commands/calibrate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <memory>

#include "cli/options/baseline_directory_option.hpp"
#include "cli/options/exit_status.hpp"
#include "cli/options/pairs_option.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/passed_options.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/options/verdict_options.hpp"
#include "cli/text/ab_progress.hpp"
#include "cli/text/columns.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/notes.hpp"
#include "cli/text/print.hpp"
#include "cli/text/terminal.hpp"
#include "cli/text/wrap.hpp"
#include "engine/run/interrupt.hpp"
#include "gate/baselines.hpp"
#include "gate/calibration.hpp"
#include "reports/atomic_file.hpp"

namespace writebench::cli {
namespace {

struct TypedCalibrate {
  std::optional<std::string> gates;
  std::optional<std::string> samples;
  std::optional<std::string> pairs;
  std::optional<std::string> power;
  TypedRule rule;
  std::optional<std::string> seed;
  bool quiet = false;
  std::string directory = gate::kBaselineDirectory;
};

std::string percent(double logarithm) { return fmt::format("{:.1f} %", 100 * std::expm1(logarithm)); }

// For each slow-down that was injected: how often a gate finds it, and how many pairs it takes to find it as often as
// wanted.
void add_columns_of_power(const gate::Calibration& calibration, std::vector<Column>& columns) {
  const std::string found = "found by a gate";
  const std::string needed = fmt::format("pairs to find {:g} %", 100 * calibration.wanted_power);
  for (const bool share : {true, false}) {
    for (std::size_t i = 0; i < calibration.cells.front().slow_downs.size(); ++i) {
      Column column{.title = fmt::format("+{:.0f} %", 100 * calibration.cells.front().slow_downs[i].share),
                    .left = false,
                    .cut = false,
                    .worth = share ? 60 : 30,
                    .fields = {},
                    .group = share ? found : needed};
      for (const gate::CalibratedCell& cell : calibration.cells) {
        const gate::SlowDown& slow_down = cell.slow_downs[i];
        column.fields.push_back(share             ? fmt::format("{:.0f} %", 100 * slow_down.power)
                                : slow_down.pairs ? std::to_string(*slow_down.pairs)
                                                  : kNothing);
      }
      columns.push_back(std::move(column));
    }
  }
}

void print(const gate::Calibration& calibration, const Terminal& terminal) {
  const auto paragraph = [&](const std::string& text) {
    print_text(stdout, wrapped("", text, terminal.columns) + "\n");
  };
  paragraph(calibration.machine);
  paragraph(
      fmt::format("{} gates of this program against itself: {} called something slower (a rate below {:.1f} % with 95 "
                  "% confidence)",
                  calibration.gates, calibration.false_alarms, 100 * gate::most_false_alarms(calibration)));
  if (calibration.cells.front().slow_downs.empty()) {
    paragraph(fmt::format("No slow-down was injected: none is above the threshold of {}.",
                          format_share(calibration.rule.threshold)));
  }
  std::vector<Column> columns{
      {.title = "cell", .left = true, .cut = true, .worth = Column::kAlways, .fields = {}, .group = ""},
      {.title = "a pair", .left = false, .cut = false, .worth = 50, .fields = {}, .group = "noise of"},
      {.title = "a run", .left = false, .cut = false, .worth = 40, .fields = {}, .group = "noise of"},
      {.title = "pairs", .left = false, .cut = false, .worth = 20, .fields = {}, .group = ""}};
  for (const gate::CalibratedCell& cell : calibration.cells) {
    columns[0].fields.push_back(printable(cell.id));
    columns[1].fields.push_back(percent(cell.noise));
    columns[2].fields.push_back(cell.run_to_run ? percent(*cell.run_to_run) : kNothing);
    columns[3].fields.push_back(std::to_string(cell.pairs));
  }
  add_columns_of_power(calibration, columns);
  make_room_for_groups(columns, kColumnGap);
  columns = fitted(std::move(columns), terminal.columns, kColumnGap, terminal.unicode);
  print_text(stdout, fmt::format("\n{}\n{}\n", group_line(columns, kColumnGap), title_line(columns, kColumnGap)));
  for (std::size_t row = 0; row < calibration.cells.size(); ++row)
    print_text(stdout, row_line(columns, row, kColumnGap) + "\n");
  for (const std::string& id : calibration.left_out) paragraph(fmt::format("{} is left out: its trials fail", id));
}

int calibrate(const TypedCalibrate& typed, std::vector<std::string> options) {
  gate::CalibrationPlan plan;
  if (typed.gates) plan.gates = parse_count("--gates", *typed.gates, {.least = 1, .most = 100'000});
  if (typed.samples) plan.pairs = parse_count("--samples", *typed.samples, {.least = 10, .most = 100'000});
  plan.ab_session.looks = parse_pairs(typed.pairs);
  if (typed.power) plan.wanted_power = parse_share("--power", *typed.power);
  if (plan.wanted_power <= 0 || plan.wanted_power >= 1) {
    throw UsageError(fmt::format("--power '{}' must be above 0 and below 100%; {} is usual", *typed.power,
                                 format_share(gate::CalibrationPlan{}.wanted_power)));
  }
  if (typed.seed) plan.ab_session.seed = parse_count("--seed", *typed.seed);
  const gate::Rule rule = parse_rule(typed.rule);
  refuse_input_read_once(options);
  const gate::Baselines baselines(typed.directory);
  baselines.make_directory();
  options.insert(options.end(), {"--seed", std::to_string(plan.ab_session.seed)});
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto injector = [&](double share) {
    std::vector<std::string> with = options;
    if (share > 0) with.insert(with.end(), {"--slow-down", fmt::format("{:g}%", 100 * share)});
    return std::make_unique<gate::ProgramSide>("this program", self, with);
  };
  engine::catch_interrupts();
  gate::Calibration calibration;
  try {
    std::string said;
    const reports::Report cells = injector(0)->cells(&said);
    relay(said);
    AbProgress progress(typed.quiet);
    calibration = gate::calibrate(cells, injector, rule, plan, progress);
  } catch (const gate::Interrupted&) {
    return ended_by(engine::interrupted());
  }
  print(calibration, terminal_of(stdout));  // first: saving may fail
  reports::replace_atomically(baselines.calibration_path(), gate::to_json(calibration),
                              {.durable = true, .replace = true});
  print_text(stdout, fmt::format("\ncalibration: {}\n", baselines.calibration_path()));
  return 0;
}

}  // namespace

void declare_calibrate(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("calibrate", "what the verdicts are worth here");
  const auto typed = std::make_shared<TypedCalibrate>();
  const gate::CalibrationPlan usual;
  command->add_option("--gates", typed->gates, "of the program against itself, for false alarms")
      ->default_str(std::to_string(usual.gates))
      ->type_name("N");
  command->add_option("--samples", typed->samples, "pairs with each of +5, +10 and +20 % that is above the threshold")
      ->default_str(std::to_string(usual.pairs))
      ->type_name("N");
  declare_pairs(*command, typed->pairs, "Options");
  command->add_option("--power", typed->power, "how often a slow-down should be found, for the pairs it takes")
      ->default_str(format_share(usual.wanted_power))
      ->type_name("P");
  declare_rule(*command, typed->rule, "Options");
  command->add_option("--seed", typed->seed, "of the order, and of sizes")
      ->default_str(std::to_string(usual.ab_session.seed))
      ->type_name("S");
  declare_baseline_directory(*command, typed->directory, "where the calibration is kept");
  command->add_flag("--quiet", typed->quiet, "no progress on stderr");
  take_options_of_a_run(*command);
  command->callback(
      [=, &action] { action = [=, options = command->remaining()] { return calibrate(*typed, options); }; });
}

}  // namespace writebench::cli
