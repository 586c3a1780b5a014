#include "cli/commands/ab.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands/verdict_output.hpp"
#include "cli/options/baseline_directory_option.hpp"
#include "cli/options/output_file.hpp"
#include "cli/options/pairs_option.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/passed_options.hpp"
#include "cli/options/verdict_options.hpp"
#include "cli/text/ab_progress.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/notes.hpp"
#include "engine/run/interrupt.hpp"
#include "gate/ab_session.hpp"
#include "gate/baselines.hpp"
#include "gate/calibration.hpp"
#include "reports/atomic_file.hpp"
#include "reports/json.hpp"
#include "reports/warnings.hpp"

namespace writebench::cli {
namespace {

struct TypedAb {
  std::string base;
  std::string head;
  std::optional<std::string> pairs;
  std::optional<std::string> budget;
  std::optional<std::string> seed;
  std::string save;
  bool quiet = false;
  std::string baseline_directory = gate::kBaselineDirectory;
  TypedSettings settings;
};

gate::AbPlan parse_plan(const TypedAb& typed) {
  gate::AbPlan plan;
  plan.looks = parse_pairs(typed.pairs);
  if (typed.budget) plan.budget = parse_time("--budget", *typed.budget);
  if (typed.seed) plan.seed = parse_count("--seed", *typed.seed);
  return plan;
}

std::string saved_path(const std::string& prefix, const std::string& side) {
  return fmt::format("{}-{}.json", prefix, side);
}

void save(const std::string& prefix, bool replace, gate::AbResult& result,
          const std::vector<std::string>& command_line) {
  for (reports::Report* report : {&result.base, &result.head}) {
    report->command_line = command_line;
    report->warnings = reports::warnings_of(*report);
    reports::replace_atomically(saved_path(prefix, report->pairing->side), reports::to_json(*report),
                                {.durable = true, .replace = replace});
  }
}

int ab(const TypedAb& typed, std::vector<std::string> options, const std::vector<std::string>& command_line) {
  const gate::ComparisonSettings settings = parse_settings(typed.settings);
  const gate::AbPlan plan = parse_plan(typed);
  const VerdictOutput output(typed.settings, {typed.base, typed.head});
  refuse_input_read_once(options);
  if (typed.settings.force && typed.save.empty() && !output.has_files()) {
    print_notes({"--force has no effect without a file of --out or --save"});
  }
  if (!typed.save.empty()) {
    for (const char* side : {"base", "head"}) {
      output_file("--save", saved_path(typed.save, side), typed.settings.force);
    }
  }
  options.insert(options.end(), {"--seed", std::to_string(plan.seed)});
  gate::ProgramSide base("--base", typed.base, options);
  gate::ProgramSide head("--head", typed.head, options);
  const auto calibration = gate::read_calibration(gate::Baselines(typed.baseline_directory).calibration_path());
  engine::catch_interrupts();
  gate::AbResult result;
  try {
    std::string said;
    const gate::Side base_side{base.cells(&said), base};
    relay(said);
    AbProgress progress(typed.quiet);
    const gate::Side head_side{head.cells(), head};
    result = gate::ab_session(base_side, head_side, settings, plan, progress);
  } catch (const gate::Interrupted&) {  // before there was any trial
    return ended_by(engine::interrupted());
  }
  result.comparison.base.name = typed.base;
  result.comparison.head.name = typed.head;
  if (calibration) result.comparison.notes.push_back(gate::sentence(*calibration, result, plan.looks));
  const int ended_with = output.print(result.comparison);
  if (!typed.save.empty()) save(typed.save, typed.settings.force, result, command_line);
  return result.complete ? ended_with : ended_by(engine::interrupted());
}

}  // namespace

void declare_ab(CLI::App& app, const std::vector<std::string>& command_line, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("ab", "what got slower between two programs");
  const auto typed = std::make_shared<TypedAb>();
  const char* const sides = "What is measured";
  command->add_option("--base", typed->base, "a build of writebench, or what speaks its trial protocol")
      ->type_name("PROGRAM")
      ->required()
      ->group(sides);
  command->add_option("--head", typed->head, "the same with the change")
      ->type_name("PROGRAM")
      ->required()
      ->group(sides);
  declare_pairs(*command, typed->pairs, sides);
  command
      ->add_option("--budget", typed->budget,
                   "then it stops with what there is; as long again to confirm what is slower")
      ->default_str(typed_time(gate::AbPlan{}.budget))
      ->type_name("TIME")
      ->group(sides);
  command->add_option("--seed", typed->seed, "of the order, and of sizes")
      ->default_str(std::to_string(gate::AbPlan{}.seed))
      ->type_name("S")
      ->group(sides);
  command->add_option("--save", typed->save, "both reports as PREFIX-base.json and PREFIX-head.json")
      ->type_name("PREFIX")
      ->group(sides);
  declare_baseline_directory(*command, typed->baseline_directory, "where a calibration is, if there is one", sides);
  declare_settings(*command, typed->settings);
  command->add_flag("--quiet", typed->quiet, "no progress on stderr")->group("Output");
  command->allow_extras();
  command->callback([=, &action] {
    // What is not an option of this command goes on to the two programs.
    action = [=, options = command->remaining()] { return ab(*typed, options, command_line); };
  });
}

}  // namespace writebench::cli
