#include "cli/command_line.hpp"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <regex>
#include <sstream>

#include "cli/options/exit_status.hpp"
#include "cli/options/help.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/terminal.hpp"
#include "strategies/table.hpp"

namespace writebench::cli {
namespace {

using namespace std::chrono_literals;

Options options_of(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "writebench");
  return parse_options(static_cast<int>(arguments.size()), arguments.data(), strategies::table());
}

std::string refusal_of(const std::vector<const char*>& arguments) {
  try {
    options_of(arguments);
    return "";
  } catch (const UsageError& error) {
    return error.what();
  }
}

void expect_refused(const std::vector<const char*>& arguments, const std::vector<std::string>& named) {
  const std::string refusal = refusal_of(arguments);
  for (const std::string& name : named) EXPECT_NE(refusal.find(name), std::string::npos) << name << " in: " << refusal;
  EXPECT_EQ(refusal.find('\n'), std::string::npos) << refusal;
}

std::uint64_t value_of(const Options& options, std::string_view strategy, const Option& option) {
  for (const engine::Cell& cell : options.cells) {
    if (cell.strategy.name != strategy) continue;
    EXPECT_NE(cell.parameters.find(option.name), nullptr) << option.name;
    return cell.parameters.value(option);
  }
  ADD_FAILURE() << strategy;
  return 0;
}

TEST(Options, AreTheOriginCaseByDefault) {
  const Options options = options_of({});
  EXPECT_EQ(options.command, Options::Command::kRun);
  EXPECT_EQ(options.cells.size(), strategies::table().size() - 1) << "all but the rung";
  EXPECT_EQ(options.cells[0].parameters.lines, 500'000u);
  EXPECT_EQ(value_of(options, "naive-async", kWriters), 10u);
  EXPECT_GE(value_of(options, "naive-async", kThreads), 2u);
  EXPECT_EQ(value_of(options, "sync-buffered", kBufferSize), 65'536u);
  EXPECT_EQ(value_of(options, "thread-pool", kQueueDepth), 1024u);
  EXPECT_EQ(options.cells[0].parameters.durability, Durability{});
  EXPECT_EQ(options.directory, ".");
  EXPECT_EQ(options.report_path, "writebench-report.json");
  EXPECT_EQ(options.plan.seed, 0u);
  EXPECT_EQ(options.plan.precision, engine::Plan{}.precision);
  EXPECT_EQ(options.plan.budget, engine::usual_budget(options.cells.size()));
  EXPECT_FALSE(options.json || options.keep_files || options.in_process);
}

TEST(Options, TakeEveryValueThatIsGiven) {
  const Options options = options_of({"--strategy",  "sync,buffered,naive-async,thread-pool",
                                      "--lines",     "1k",
                                      "--writers=3", "--threads",
                                      "4",           "--buffer-size",
                                      "1MiB",        "--queue-depth",
                                      "7",           "--durability",
                                      "bytes=4KiB",  "--dir",
                                      "/",           "--trials",
                                      "5",           "--precision",
                                      "0.5%",        "--warm-up",
                                      "4",           "--stall-trials=0",
                                      "--timeout",   "2s",
                                      "--seed",      "42",
                                      "--out",       "x.json",
                                      "--json",      "--keep-files",
                                      "--in-process"});
  EXPECT_EQ(options.cells.size(), 6u) << "the controls are always measured";
  EXPECT_DOUBLE_EQ(options.plan.precision, 0.005);
  EXPECT_EQ(options.plan.warm_up_trials, 4u);
  EXPECT_EQ(options.plan.stall_trials, 0u);
  EXPECT_EQ(options.cells[0].parameters.lines, 1000u);
  EXPECT_EQ(value_of(options, "naive-async", kWriters), 3u);
  EXPECT_EQ(value_of(options, "naive-async", kThreads), 4u);
  EXPECT_EQ(value_of(options, "buffered", kBufferSize), 1u << 20);
  EXPECT_EQ(value_of(options, "thread-pool", kQueueDepth), 7u);
  EXPECT_EQ(options.cells[0].parameters.durability,
            (Durability{.kind = Durability::Kind::kBytes, .interval_bytes = 4096}));
  EXPECT_EQ(options.directory, "/");
  EXPECT_EQ(options.plan.min_trials, 5u);
  EXPECT_EQ(options.plan.max_trials, 5u);
  EXPECT_EQ(options.timeout, 2s);
  EXPECT_EQ(options.plan.seed, 42u);
  EXPECT_EQ(options.report_path, "x.json");
  EXPECT_TRUE(options.json && options.keep_files && options.in_process);
}

TEST(Options, HaveShortForms) {
  const Options options = options_of({"-s", "sync,buffered,naive-async,thread-pool", "-n", "5", "-w", "3", "-t4", "-b",
                                      "7", "-q", "9", "-D", "close", "-d", "/", "-o", "x"});
  EXPECT_EQ(options.cells.size(), 6u);
  EXPECT_EQ(options.cells[0].parameters.lines, 5u);
  EXPECT_EQ(value_of(options, "naive-async", kWriters), 3u);
  EXPECT_EQ(value_of(options, "naive-async", kThreads), 4u);
  EXPECT_EQ(value_of(options, "buffered", kBufferSize), 7u);
  EXPECT_EQ(value_of(options, "thread-pool", kQueueDepth), 9u);
  EXPECT_EQ(options.cells[0].parameters.durability.kind, Durability::Kind::kClose);
  EXPECT_EQ(options.directory, "/");
  EXPECT_EQ(options.report_path, "x");
}

TEST(Options, TakeStrategiesFromCommasAndFromRepetition) {
  EXPECT_EQ(options_of({"-s", "sync,bulk", "-s", "null"}).cells.size(), 3u);
  EXPECT_EQ(options_of({"-s", "all,^control"}).cells.size(), strategies::table().size() - 3)
      << "the controls and the rung";
}

TEST(Options, GiveAFixedNumberOfTrialsNoBudgetUnlessThereIsOne) {
  EXPECT_FALSE(options_of({"--trials", "3"}).plan.budget);
  EXPECT_EQ(options_of({"--trials", "3", "--budget", "1s"}).plan.budget, 1s);
  EXPECT_EQ(options_of({"--budget", "250ms"}).plan.budget, 250ms);
}

TEST(Options, SweepTheProcessors) {
  const Options options = options_of({"-s", "sync", "--cpus", "all,0"});
  const auto ids = {"sync@cpus=all", "sync@cpus=0"};
  for (const char* id : ids) {
    EXPECT_TRUE(std::any_of(options.cells.begin(), options.cells.end(), [&](const auto& cell) {
      return cell.id == id;
    })) << id;
  }
  for (const auto& cell : options_of({"-s", "sync"}).cells) EXPECT_EQ(cell.parameters.find("cpus"), nullptr);
}

TEST(Options, ChooseTheSyncCallWhereOneIsMade) {
  const auto ids_of = [](const Options& options) {
    std::vector<std::string> ids;
    for (const auto& cell : options.cells) {
      const OptionValue* const call = cell.parameters.find(kSyncCall.name);
      if (cell.strategy.role == Role::kStrategy) ids.push_back(cell.id + (call != nullptr ? " " + call->word : ""));
    }
    return ids;
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids_of(options_of({"-s", "sync", "-D", "close"})), Ids{"sync"});
  EXPECT_EQ(ids_of(options_of({"-s", "sync", "-D", "close", "--sync-call", "fdatasync"})), Ids{"sync"});
  EXPECT_EQ(ids_of(options_of({"-s", "sync", "-D", "line", "--sync-call", "fsync"})), Ids{"sync fsync"});
  EXPECT_EQ(ids_of(options_of({"-s", "sync,preallocated-dsync", "-D", "none,close", "--sync-call", "fdatasync,dsync"})),
            (Ids{"sync@durability=none", "sync@durability=close,sync-call=fdatasync fdatasync",
                 "sync@durability=close,sync-call=dsync dsync", "preallocated-dsync@durability=none",
                 "preallocated-dsync@durability=close"}));
  expect_refused({"--sync-call", "msync"}, {"--sync-call", "'msync'"});
}

TEST(Options, CanAskForNoLines) { EXPECT_EQ(options_of({"--lines", "0"}).cells[0].parameters.lines, 0u); }

TEST(Options, AreRefusedByNameAndValue) {
  const std::pair<const char*, const char*> wrong[] = {{"--lines", "-5"},
                                                       {"--lines", "many"},
                                                       {"--lines", "99999999999999999999"},
                                                       {"--writers", "0"},
                                                       {"--writers", "1e30"},
                                                       {"--threads", "0"},
                                                       {"--threads", "1025"},
                                                       {"--buffer-size", "0"},
                                                       {"--buffer-size", "1e12"},
                                                       {"--buffer-size", "0.9TiB"},
                                                       {"--buffer-size", "4KiB,1TiB"},
                                                       {"--queue-depth", "0"},
                                                       {"--durability", "sometimes"},
                                                       {"--cpus", "first"},
                                                       {"--cpus", "0-1023"},
                                                       {"--trials", "0"},
                                                       {"--budget", "5"},
                                                       {"--timeout", "0"},
                                                       {"--seed", "-1"},
                                                       {"--strategy", "snyc"},
                                                       {"--dir", "/nonexistent"},
                                                       {"--dir", "/dev/null"}};
  for (const auto& [option, value] : wrong)
    expect_refused({option, value}, {option, std::string("'").append(value).append("'")});
  expect_refused({"--lines=-5"}, {"--lines", "'-5'"});
}

TEST(Options, ThatDoNotExistAreNamedWithTheNearest) {
  expect_refused({"--line", "5"}, {"'--line'", "option", "did you mean '--lines'?"});
  expect_refused({"--buffersize=64KiB"}, {"'--buffersize'", "did you mean '--buffer-size'?"});
  expect_refused({"lst"}, {"'lst'", "command", "did you mean 'list'?"});
  expect_refused({"--frobnicate"}, {"'--frobnicate'", "writebench --help"});
  expect_refused({"list", "--lines", "5"}, {"'--lines'", "writebench list"});
}

TEST(Options, ThatLackAValueAreNamed) {
  expect_refused({"--lines"}, {"--lines needs a value"});
  expect_refused({"--strategy"}, {"--strategy"});
}

TEST(Options, ThatStandTwiceAreRefused) {
  expect_refused({"--lines", "5", "--lines", "6"}, {"--lines stands more than once"});
}

TEST(Options, ThatTakeNoValueSaySo) { expect_refused({"--quiet=yes please"}, {"--quiet takes no value"}); }

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  std::vector<const CLI::App*> commands = subcommands_of(app);
  commands.push_back(&app);
  return commands;
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, width(line));
  return widest;
}

TEST(Help, FitsEightyColumnsForEveryCommand) {
  const CommandLine line({}, strategies::table());
  for (const CLI::App* command : commands_of(line.app())) {
    EXPECT_LE(widest_line(command->help()), 80u) << command->help();
  }
}

TEST(Help, NamesEveryOptionThatIsDeclaredWithItsDefault) {
  const CommandLine line({}, strategies::table());
  EXPECT_GE(subcommands_of(line.app()).size(), 8u);
  for (const CLI::App* command : commands_of(line.app())) {
    std::string help = command->help();
    help = std::regex_replace(help, std::regex(" *\n +"), " ");  // however it is wrapped
    const auto options = command->get_options();
    EXPECT_FALSE(options.empty());
    for (const CLI::Option* option : options) {
      for (const std::string& name : option->get_lnames()) {
        EXPECT_TRUE(std::regex_search(help, std::regex("--" + name + "\\b"))) << command->get_name() << " --" << name;
      }
      for (const std::string& name : option->get_snames()) {
        EXPECT_TRUE(std::regex_search(help, std::regex("-" + name + ","))) << command->get_name() << " -" << name;
      }
      if (option->get_positional()) {
        EXPECT_NE(help.find(option->get_name(true)), std::string::npos);
      }
      if (option->get_default_str() == "[]") continue;  // an empty list
      EXPECT_NE(help.find(option->get_default_str()), std::string::npos)
          << command->get_name() << " " << option->get_name() << " " << option->get_default_str();
    }
  }
}

TEST(Help, HasTheExitStatusesOfTheTable) {
  const CommandLine line({}, strategies::table());
  const std::string help = std::regex_replace(line.app().help(), std::regex("\n"), " ");
  EXPECT_NE(help.find(exit_status_help()), std::string::npos) << help;
  for (const ExitStatus exit_status :
       {ExitStatus::kFine, ExitStatus::kFailed, ExitStatus::kUsage, ExitStatus::kSlower, ExitStatus::kInconclusive}) {
    EXPECT_NE(exit_status_help().find(" " + std::to_string(status(exit_status)) + " "), std::string::npos);
  }
}

TEST(Options, KnowWhatIsOnlyToBePrinted) {
  EXPECT_EQ(options_of({"--help"}).command, Options::Command::kPrint);
  EXPECT_EQ(options_of({"-h"}).text, options_of({"--help"}).text);
  EXPECT_TRUE(options_of({"--version"}).text.starts_with("writebench "));
  EXPECT_EQ(options_of({"list", "--help"}).command, Options::Command::kPrint);
}

TEST(Options, LeaveWhatASubcommandDoes) {
  EXPECT_EQ(options_of({"list"}).command, Options::Command::kSubcommand);
  EXPECT_TRUE(options_of({"list", "--json"}).action);
  EXPECT_FALSE(options_of({}).action);
}

TEST(Options, OfARunMayFollowItsName) {
  const Options options = options_of({"run", "-s", "sync", "-n", "5", "--out", "x", "--quiet"});
  EXPECT_EQ(options.command, Options::Command::kRun);
  EXPECT_EQ(options.cells.size(), 3u);
  EXPECT_EQ(options.cells[0].parameters.lines, 5u);
  EXPECT_EQ(options.report_path, "x");
  EXPECT_TRUE(options.quiet);
  EXPECT_EQ(options_of({"run"}).cells.size(), options_of({}).cells.size());
  EXPECT_EQ(options_of({"run", "--dry-run"}).command, Options::Command::kDryRun);
  EXPECT_EQ(options_of({"run", "--replace-baseline"}).notes.size(), 1u) << "it has no effect";
  expect_refused({"run", "list"}, {"'list'", "too many", "writebench run --help"});
  expect_refused({"--lines", "5", "run"}, {"--lines", "writebench run"});
  expect_refused({"run", "--lnies", "5"}, {"'--lnies'", "writebench run", "did you mean '--lines'?"});
  expect_refused({"run", "--lines", ""}, {"--lines ''"});
}

TEST(Options, OfEveryCommandAreHelpedWith) {
  const CommandLine command_line({"writebench"}, strategies::table());
  EXPECT_EQ(options_of({"help"}).command, Options::Command::kSubcommand);
  for (const CLI::App* command : subcommands_of(command_line.app())) {
    EXPECT_TRUE(options_of({"help", command->get_name().c_str()}).action) << command->get_name();
  }
  expect_refused({"help", "lst"}, {"'lst'", "did you mean 'list'?"});
  expect_refused({"help", "list", "show"}, {"'show'", "too many"});
}

TEST(Options, SayWhatMustNotBeExceeded) {
  const Options options = options_of({"-s", "sync", "--limit", "sync.time=5ms", "--limit", "bulk.lines-per-second=2M"});
  ASSERT_EQ(options.limits.size(), 2u);
  EXPECT_EQ(options.limits[0].strategy, "sync");
  EXPECT_EQ(options.limits[0].metric->name, "time");
  EXPECT_EQ(options.limits[0].value, 5e6);
  EXPECT_TRUE(options.limits[1].metric->rate);
  EXPECT_EQ(options.limits[1].value, 2e6);
}

TEST(Options, OfARunAreRefusedBeforeASubcommand) {
  expect_refused({"--lines", "5", "list"}, {"--lines", "writebench list"});
  expect_refused({"--json", "list"}, {"--json", "writebench list"});
}

TEST(Options, OfASubcommandAreExplainedAsItsOwn) {
  expect_refused({"list", "--jsn"}, {"'--jsn'", "writebench list", "did you mean '--json'?"});
  expect_refused({"list", "more"}, {"'more'", "too many", "writebench list --help"});
  expect_refused({"list", "list"}, {"'list'", "too many"});
}

}  // namespace
}  // namespace writebench::cli
