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
#include "cli/options/usage_error.hpp"
#include "cli/options/verdict_options.hpp"
#include "cli/text/ab_progress.hpp"
#include "cli/text/format_quantity.hpp"
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

void print(const gate::Calibration& calibration) {
  fmt::print(
      "{}\n{} gates of this program against itself: {} called something slower (a rate below {:.1f} % with 95 % "
      "confidence)\n",
      calibration.machine, calibration.gates, calibration.false_alarms, 100 * gate::most_false_alarms(calibration));
  std::size_t widest = 4;
  for (const gate::CalibratedCell& cell : calibration.cells) widest = std::max(widest, cell.id.size());
  fmt::print("\n{:<{}}  noise   runs         found by a gate in        pairs to find {:g} %\n", "cell", widest,
             100 * calibration.wanted_power);
  fmt::print("{:<{}}  a pair  differ  pairs   +5 %  +10 %  +20 %    +5 %  +10 %  +20 %\n", "", widest);
  for (const gate::CalibratedCell& cell : calibration.cells) {
    const auto percent = [](double logarithm) { return fmt::format("{:.1f} %", 100 * std::expm1(logarithm)); };
    fmt::print("{:<{}}  {:>6}  {:>6}  {:>5}", cell.id, widest, percent(cell.noise),
               cell.run_to_run ? percent(*cell.run_to_run) : "-", cell.pairs);
    for (const double power : cell.power) fmt::print("  {:>3.0f} %", 100 * power);
    fmt::print("  ");
    for (const auto& pairs : cell.pairs_for_power) {
      fmt::print("  {:>5}", pairs ? fmt::format("{}", *pairs) : std::string("-"));
    }
    fmt::print("\n");
  }
  for (const std::string& id : calibration.left_out) fmt::print("{} is left out: its trials fail\n", id);
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
    AbProgress progress(typed.quiet);
    calibration = gate::calibrate(injector(0)->cells(), injector, rule, plan, progress);
  } catch (const gate::Interrupted&) {
    return ended_by(engine::interrupted());
  }
  reports::replace_atomically(baselines.calibration_path(), gate::to_json(calibration),
                              {.durable = true, .replace = true});
  print(calibration);
  fmt::print("\ncalibration: {}\n", baselines.calibration_path());
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
  command->add_option("--samples", typed->samples, "pairs with each of +5, +10 and +20 %, for the power")
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
  command->allow_extras();
  command->callback(
      [=, &action] { action = [=, options = command->remaining()] { return calibrate(*typed, options); }; });
}

}  // namespace writebench::cli
