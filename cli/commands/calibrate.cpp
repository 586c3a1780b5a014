#include "cli/commands/calibrate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <filesystem>
#include <memory>

#include "cli/options/pairs_option.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/options/verdict_options.hpp"
#include "cli/text/ab_progress.hpp"
#include "engine/run/interrupt.hpp"
#include "gate/baselines.hpp"
#include "gate/calibration.hpp"
#include "reports/atomic_file.hpp"

namespace writebench::cli {
namespace {

struct TypedCalibrate {
  std::string gates = "10";
  std::string samples = "100";
  std::optional<std::string> pairs;
  std::string power = "90%";
  std::string threshold = "5%";
  std::string alpha = "1%";
  std::string seed = "0";
  std::string directory = "writebench-baselines";
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
  TypedSettings settings;
  settings.threshold = typed.threshold;
  settings.alpha = typed.alpha;
  gate::CalibrationPlan plan;
  plan.gates = parse_count("--gates", typed.gates, {.least = 1, .most = 100'000});
  plan.pairs = parse_count("--samples", typed.samples, {.least = 10, .most = 100'000});
  plan.ab_session.looks = parse_pairs(typed.pairs);
  plan.wanted_power = parse_share("--power", typed.power);
  if (plan.wanted_power <= 0 || plan.wanted_power >= 1) {
    throw UsageError("--power '" + typed.power + "' must be above 0 and below 100%; 90% is usual");
  }
  plan.ab_session.seed = parse_count("--seed", typed.seed);
  const gate::Rule rule = parse_settings(settings).rule;
  const gate::Baselines baselines(typed.directory);
  baselines.make_directory();
  options.insert(options.end(), {"--seed", typed.seed});
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto injector = [&](double share) {
    std::vector<std::string> with = options;
    if (share > 0) with.insert(with.end(), {"--slow-down", fmt::format("{:g}%", 100 * share)});
    return std::make_unique<gate::ProgramSide>("this program", self, with);
  };
  engine::catch_interrupts();
  gate::Calibration calibration;
  try {
    AbProgress progress;
    calibration = gate::calibrate(injector(0)->cells(), injector, rule, plan, progress);
  } catch (const gate::Interrupted&) {
    return 128 + engine::interrupted();
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
  command->add_option("--gates", typed->gates, "of the program against itself, for false alarms\n[10]")->type_name("N");
  command->add_option("--samples", typed->samples, "pairs with each of +5, +10 and +20 %, for the\npower [100]")
      ->type_name("N");
  declare_pairs(*command, typed->pairs, "Options");
  command->add_option("--power", typed->power, "how often a slow-down should be found, for the pairs\nit takes [90%]")
      ->type_name("P");
  command->add_option("--threshold", typed->threshold, "a change has to be larger than this [5%]")->type_name("P");
  command->add_option("--alpha", typed->alpha, "how often a gate may err [1%]")->type_name("P");
  command->add_option("--seed", typed->seed, "of the order, and of sizes [0]")->type_name("S");
  command->add_option("--baseline-dir", typed->directory, "where it is kept [writebench-baselines]")->type_name("DIR");
  command->allow_extras();
  command->callback(
      [=, &action] { action = [=, options = command->remaining()] { return calibrate(*typed, options); }; });
}

}  // namespace writebench::cli
