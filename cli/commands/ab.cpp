#include "cli/commands/ab.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands/run.hpp"
#include "cli/commands/verdict_output.hpp"
#include "cli/options/baseline_directory_option.hpp"
#include "cli/options/external_options.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/output_file.hpp"
#include "cli/options/pairs_option.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/passed_options.hpp"
#include "cli/options/run_options.hpp"
#include "cli/options/run_setup.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/options/verdict_options.hpp"
#include "cli/text/ab_progress.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/notes.hpp"
#include "engine/run/interrupt.hpp"
#include "engine/run/program_runner.hpp"
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
  std::string base_external;
  std::string head_external;
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

// Builds of writebench, asked by the trial protocol.
class BuildSides {
 public:
  BuildSides(const TypedAb& typed, const std::vector<std::string>& options)
      : base_("--base", typed.base, options), head_("--head", typed.head, options) {}

  gate::Side base() {
    std::string said;
    gate::Side side{base_.cells(&said), base_};
    relay(said);
    return side;
  }
  gate::Side head() { return {head_.cells(), head_}; }

 private:
  gate::ProgramSide base_;
  gate::ProgramSide head_;
};

// Two external programs, run by this one as rows of the same name.
class ExternalSides {
 public:
  ExternalSides(const TypedAb& typed, const std::vector<std::string>& options, std::vector<std::string> command_line)
      : command_line_(std::move(command_line)) {
    set_up(base_, "--base-external", typed.base_external, options);
    set_up(head_, "--head-external", typed.head_external, options);
    print_notes(base_.options.notes);
  }

  gate::Side base() { return side(base_); }
  gate::Side head() { return side(head_); }

 private:
  struct External {
    Options options;
    std::unique_ptr<engine::ProgramRunner> runner;
  };

  static void set_up(External& external, const char* option, const std::string& command,
                     const std::vector<std::string>& options) {
    const TypedRun typed = parse_run_options("writebench ab", options, external.options);
    external.options.programs = {ask_program(option, "program", command)};
    external.options.report_path = kNoFile;
    parse_work(typed, {}, false, external.options);
  }

  gate::Side side(External& external) const {
    reports::Report report = begin_report(external.options, command_line_);
    external.runner = std::make_unique<engine::ProgramRunner>(
        runner_setup_of(external.options, report.environment.syncing), runnables_of(external.options));
    return {std::move(report), *external.runner};
  }

  const std::vector<std::string> command_line_;
  External base_;
  External head_;
};

// Whether external programs are compared.
bool are_external(const TypedAb& typed) {
  const bool externals = !typed.base_external.empty() || !typed.head_external.empty();
  const bool builds = !typed.base.empty() || !typed.head.empty();
  const auto refuse = [](const char* missing) {
    throw UsageError(
        fmt::format("{} is required: give --base and --head, or --base-external and --head-external", missing));
  };
  if (externals && builds) {
    throw UsageError(
        "--base and --head name builds of writebench, --base-external and --head-external other programs: give two of "
        "one kind");
  }
  if (externals) {
    if (typed.base_external.empty()) refuse("--base-external");
    if (typed.head_external.empty()) refuse("--head-external");
  } else {
    if (typed.base.empty()) refuse("--base");
    if (typed.head.empty()) refuse("--head");
  }
  return externals;
}

int ab(const TypedAb& typed, std::vector<std::string> options, const std::vector<std::string>& command_line) {
  const bool externals = are_external(typed);
  const std::string& base_name = externals ? typed.base_external : typed.base;
  const std::string& head_name = externals ? typed.head_external : typed.head;
  const gate::ComparisonSettings settings = parse_settings(typed.settings);
  const gate::AbPlan plan = parse_plan(typed);
  const VerdictOutput output(typed.settings,
                             externals ? std::vector<std::string>() : std::vector{typed.base, typed.head});
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
  std::optional<BuildSides> build_sides;
  std::optional<ExternalSides> external_sides;
  if (externals) {
    external_sides.emplace(typed, options, command_line);
  } else {
    build_sides.emplace(typed, options);
  }
  const auto calibration = gate::read_calibration(gate::Baselines(typed.baseline_directory).calibration_path());
  engine::catch_interrupts();
  gate::AbResult result;
  try {
    const gate::Side base_side = externals ? external_sides->base() : build_sides->base();
    AbProgress progress(typed.quiet);
    const gate::Side head_side = externals ? external_sides->head() : build_sides->head();
    result = gate::ab_session(base_side, head_side, settings, plan, progress);
  } catch (const gate::Interrupted&) {  // before there was any trial
    return ended_by(engine::interrupted());
  }
  result.comparison.base.name = base_name;
  result.comparison.head.name = head_name;
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
  command->add_option("--base", typed->base, "a build of writebench")
      ->check(offers(Offer::Kind::kPrograms))
      ->type_name("PROGRAM")
      ->group(sides);
  command->add_option("--head", typed->head, "the same with the change")
      ->check(offers(Offer::Kind::kPrograms))
      ->type_name("PROGRAM")
      ->group(sides);
  command
      ->add_option("--base-external", typed->base_external,
                   "instead, a program in any language (docs/external-programs.md)")
      ->check(offers(Offer::Kind::kPrograms))
      ->type_name("COMMAND")
      ->group(sides);
  command->add_option("--head-external", typed->head_external, "the same with the change")
      ->check(offers(Offer::Kind::kPrograms))
      ->type_name("COMMAND")
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
  take_options_of_a_run(*command);
  command->callback([=, &action] {
    // What is not an option of this command goes on to the two programs.
    action = [=, options = command->remaining()] { return ab(*typed, options, command_line); };
  });
}

}  // namespace writebench::cli
