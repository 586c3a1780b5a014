#include "cli/commands/advise.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "advise/candidates.hpp"
#include "advise/conclude.hpp"
#include "advise/constraints.hpp"
#include "advise/search.hpp"
#include "cli/commands/measured_in_parts.hpp"
#include "cli/commands/run.hpp"
#include "cli/options/exit_status.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/output_file.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/options/run_options.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/advice_findings.hpp"
#include "cli/text/advice_text.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/notes.hpp"
#include "cli/text/print.hpp"
#include "cli/text/software_settings.hpp"
#include "engine/process/signals.hpp"
#include "engine/run/fork_runner.hpp"
#include "engine/run/interrupt.hpp"
#include "reports/cell_id.hpp"
#include "reports/json.hpp"
#include "reports/report_file.hpp"

namespace writebench::cli {
namespace {

using reports::Advice;
using reports::Goal;

constexpr std::chrono::seconds kUsualAdviceBudget{85};  // with what comes before and after, an answer within 90 s
constexpr std::chrono::seconds kLeastAdviceBudget{5};
constexpr std::uint64_t kMostWriters = 1024;
// A trial at a rate lasts so long at most.
constexpr double kMostPacedSeconds = 2;
constexpr double kLeastPacedLines = 1000;
// Of a trial as fast as possible, unless --lines says how many there are.
constexpr std::uint64_t kUsualTrialBytes = 32 << 20;
constexpr std::uint64_t kLeastTrialLines = 1000;
// The same if each line is synced, for up to four writers. A thousandth of it is what the slowest may be cut to.
constexpr std::uint64_t kUsualSyncedLines = 100'000;

struct TypedAdvise {
  TypedRun run;
  Options options;
  std::optional<std::string> lines_per_second;
  std::optional<std::string> writers;
  std::optional<std::string> order;
  std::optional<std::string> max_stall;
  std::optional<std::string> max_loss;
  std::optional<std::string> max_memory;
  std::optional<std::string> file_system;
  std::optional<std::string> prefer;
  std::optional<std::string> language;
  std::optional<std::string> budget;
  bool file_per_writer = false;
  bool markdown = false;
};

constexpr std::array<Order, 3> kOrders{Order::kGlobal, Order::kPerWriter, Order::kNone};
constexpr std::array<Goal, 3> kGoals{Goal::kCpu, Goal::kStall, Goal::kSpeed};

template <class Enum, std::size_t count>
std::vector<std::string> words_for(const std::array<Enum, count>& values) {
  std::vector<std::string> words;
  words.reserve(count);
  for (const Enum value : values) words.emplace_back(reports::to_string(value));
  return words;
}

template <class Enum, std::size_t count>
Enum parse_enum(const std::string& option, const std::string& text, const std::array<Enum, count>& values) {
  return values[parse_word(option, text, words_for(values))];
}

// A size, or a time; 0 is both.
void parse_max_loss(const std::string& text, Advice::Asked& asked) {
  const bool is_time = text.ends_with('s') || text.ends_with("min") || text.ends_with('h');
  if (is_time) {
    asked.max_loss_ns = parse_time("--max-loss", text).count();
  } else {
    asked.max_loss_bytes = parse_size("--max-loss", text);
  }
}

std::vector<std::string> software_names() {
  std::vector<std::string> names;
  for (const Software& one : software()) names.emplace_back(one.name);
  return names;
}

// The rate goes to the workload as --rate does.
void take_rate(TypedAdvise& typed) {
  TypedWorkload& workload = typed.run.workload;
  if (!typed.lines_per_second) return;
  if (workload.rate != TypedWorkload().rate) {
    throw UsageError("--lines-per-second and --rate say the same; give one of them");
  }
  workload.rate = *typed.lines_per_second;
}

Advice::Asked parse_constraints(const TypedAdvise& typed) {
  Advice::Asked asked;
  const std::string& rate_text = typed.run.workload.rate;
  const char* const rate_option = typed.lines_per_second ? "--lines-per-second" : "--rate";
  if (const std::uint64_t rate = parse_rate(rate_option, rate_text); rate > 0) {
    asked.lines_per_second = static_cast<double>(rate);
  } else if (typed.lines_per_second) {
    throw UsageError(
        fmt::format("--lines-per-second '{}' must be above 0; leave it out for as fast as possible", rate_text));
  }
  if (typed.writers) asked.writers = parse_count("--writers", *typed.writers, {.least = 1, .most = kMostWriters});
  asked.order = asked.writers > 1 ? Order::kPerWriter : Order::kGlobal;
  if (typed.order) asked.order = parse_enum("--order", *typed.order, kOrders);
  asked.file_per_writer = typed.file_per_writer;
  asked.durability = parse_durability("--durability", typed.run.workload.durability);
  if (typed.max_stall) {
    asked.max_stall_ns = parse_time("--max-stall", *typed.max_stall).count();
    if (asked.max_stall_ns == 0) {
      throw UsageError(fmt::format("--max-stall '{}' must be above 0; for example 100us", *typed.max_stall));
    }
  }
  if (typed.max_loss) parse_max_loss(*typed.max_loss, asked);
  if (typed.max_memory) asked.max_memory_bytes = parse_size("--max-memory", *typed.max_memory, {.least = 1});
  asked.goal = asked.lines_per_second ? Goal::kCpu : Goal::kSpeed;
  if (typed.prefer) asked.goal = parse_enum("--prefer", *typed.prefer, kGoals);
  if (typed.language) asked.language = software_names()[parse_word("--for", *typed.language, software_names())];
  if (const auto contradiction = advise::contradiction(asked)) throw UsageError(*contradiction);
  return asked;
}

// Ways of writing only.
std::vector<Descriptor> strategies_of(std::span<const Descriptor> table, const std::vector<std::string>& typed) {
  std::vector<Descriptor> left;
  for (const Descriptor& entry : table) {
    if (entry.role == Role::kStrategy) {
      left.push_back(entry);
    } else if (std::find(typed.begin(), typed.end(), entry.name) != typed.end()) {
      throw UsageError(fmt::format("--strategy '{}' is no way of writing but {}; name a strategy", entry.name,
                                   entry.role == Role::kControl ? "a control" : "part of explanations"));
    }
  }
  return left;
}

void set_shared(TypedOptions& options, const Option& option, const std::string& value) {
  const auto at = std::find(kSharedOptions.begin(), kSharedOptions.end(), &option) - kSharedOptions.begin();
  options.shared[static_cast<std::size_t>(at)] = value;
}

// A cell of each strategy, with the workload and the writers.
void parse_cells(TypedAdvise& typed, const Advice::Asked& asked, std::span<const Descriptor> strategies) {
  Options& options = typed.options;
  TypedRun& run = typed.run;
  set_shared(run.options, kWriters, std::to_string(asked.writers));
  set_shared(run.options, kProcesses, std::to_string(asked.writers));
  const bool lines_typed = run.workload.lines.has_value();
  if (asked.lines_per_second && !lines_typed) {
    const double lines = std::ceil(std::max(kLeastPacedLines, *asked.lines_per_second * kMostPacedSeconds));
    run.workload.lines = fmt::format("{:.0f}", lines);
  }
  parse_work(run, strategies, false, options);
  std::erase_if(options.notes, [](const std::string& note) {
    return note.starts_with("--writers") || note.starts_with("--processes");
  });
  for (std::size_t i = options.cells.size(); i-- > 0;) {
    if (options.cells[i].twin_of.empty()) continue;
    options.cells.erase(options.cells.begin() + static_cast<std::ptrdiff_t>(i));
    options.runnables.erase(options.runnables.begin() + static_cast<std::ptrdiff_t>(i));
  }
  for (std::size_t i = 1; i < options.cells.size(); ++i) {
    if (options.cells[i].strategy.name != options.cells[i - 1].strategy.name) continue;
    throw UsageError(
        fmt::format("advise takes one value of each option, but these give several, such as '{}' and '{}'; "
                    "leave one of each",
                    options.cells[i - 1].id, options.cells[i].id));
  }
  if (options.cells.front().parameters.lines == 0) {
    throw UsageError("advise has no line to write; give some thousands with --lines");
  }
  if (lines_typed || asked.lines_per_second) return;
  const bool each_synced = asked.durability.kind == Durability::Kind::kLine;
  const std::uint64_t most =
      each_synced ? kUsualSyncedLines * std::max<std::uint64_t>(1, asked.writers / 4) : UINT64_MAX;
  for (std::size_t i = 0; i < options.cells.size(); ++i) {
    engine::Cell& cell = options.cells[i];
    std::uint64_t lines = std::min(cell.parameters.lines, most);
    if (cell.bytes > kUsualTrialBytes) {
      const double share = static_cast<double>(kUsualTrialBytes) / static_cast<double>(cell.bytes);
      const auto fitting = static_cast<std::uint64_t>(share * static_cast<double>(cell.parameters.lines));
      lines = std::min(lines, std::max(kLeastTrialLines, fitting));
    }
    cell.parameters.lines = lines;
    cell.bytes = options.runnables[i].content->offset_bytes(cell.parameters.lines);
  }
}

// What stdio takes as the size of its buffer there.
std::uint64_t file_block_bytes(const std::string& directory) {
  struct stat status {};
  return ::stat(directory.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_blksize) : 4096;
}

advise::Screening screened(const Options& options, const Advice::Asked& asked) {
  std::vector<advise::Contestant> contestants;
  for (std::size_t i = 0; i < options.cells.size(); ++i) {
    engine::Cell cell = options.cells[i];
    if (auto reason = engine::unavailable(options.runnables[i].strategy, cell.parameters)) {
      cell.status = engine::Outcome::kUnavailable;
      cell.status_detail = *std::move(reason);
    }
    contestants.push_back({std::move(cell), options.runnables[i]});
  }
  advise::Screening screening = advise::screen(std::move(contestants), asked, file_block_bytes(options.directory));
  if (const auto nothing = advise::nothing_promises(asked, screening)) throw UsageError(*nothing);
  return screening;
}

// Walks the same lines at the same pace, and writes nothing.
std::optional<advise::Contestant> harness_of(const Options& options, std::span<const Descriptor> table) {
  const auto null = std::find_if(table.begin(), table.end(), [](const Descriptor& entry) {
    return entry.name == reports::kHarness && entry.role == Role::kControl;
  });
  if (null == table.end()) return std::nullopt;
  engine::Cell cell = options.cells.front();
  cell.strategy = engine::StrategyTraits(*null);
  std::erase_if(cell.parameters.options, [](const OptionValue& value) { return value.name != "cpus"; });
  cell.parameters.durability = {};
  return advise::Contestant{std::move(cell), {*null, options.runnables.front().content}};
}

Advice begin_advice(const Advice::Asked& asked, const advise::Screening& screening) {
  Advice advice{.asked = asked};
  advice.ruled_out = screening.ruled_out;
  for (const advise::Candidate& candidate : screening.candidates) {
    const std::string& name = candidate.strategy().name;
    Advice::Candidate known{.strategy = name,
                            .effort = candidate.strategy().effort,
                            .size_option = std::string(candidate.size() ? candidate.size()->name : ""),
                            .largest_value = candidate.largest_size(),
                            .smallest_value = candidate.smallest_size()};
    for (const OptionValue& value : candidate.start()->options) {
      const bool producers = value.name == kWriters.name || value.name == kProcesses.name;
      if (producers || value.name == "cpus" || value.name == kSyncCall.name) continue;
      known.settings.push_back(fmt::format("{}.{}={}", name, value.name, reports::typed_value(value)));
    }
    advice.candidates.push_back(std::move(known));
  }
  return advice;
}

void print_advice(const reports::Report& report, const Options& options, bool markdown) {
  std::FILE* const people = options.json ? stderr : stdout;
  if (markdown) {
    print_document(stdout, advice_markdown(report));
  } else {
    print_text(people, render_advice(report, terminal_of(people)));
  }
  if (options.json) print_document(stdout, reports::to_json(report));
}

std::chrono::nanoseconds parse_budget(const TypedAdvise& typed) {
  if (!typed.budget) return kUsualAdviceBudget;
  const auto budget = parse_time("--budget", *typed.budget);
  if (budget < kLeastAdviceBudget) {
    throw UsageError(fmt::format("--budget '{}' is too short to advise anything; give at least {}", *typed.budget,
                                 typed_time(kLeastAdviceBudget)));
  }
  return budget;
}

// A trial at a slow rate takes long, however short the budget.
void check_budget(const TypedAdvise& typed, const Advice::Asked& asked, std::chrono::nanoseconds budget,
                  std::size_t candidates) {
  if (!asked.lines_per_second) return;
  const std::uint64_t lines = typed.options.cells.front().parameters.lines;
  const auto least = advise::least_budget(*asked.lines_per_second, lines, candidates);
  if (least <= budget) return;
  throw UsageError(fmt::format(
      "{} '{}' is so slow that to try {} strateg{} takes at least {}; give a --budget of that or more, try fewer "
      "(--strategy), or ask about a faster rate",
      typed.lines_per_second ? "--lines-per-second" : "--rate", typed.run.workload.rate, candidates,
      candidates == 1 ? "y" : "ies", format_duration(least)));
}

int advise_on(TypedAdvise typed, std::span<const Descriptor> table, std::vector<std::string> command_line) {
  const auto began = engine::running_now();
  Options& options = typed.options;
  if (options.report_path == kStandardOutput) options.json = true;
  if (typed.markdown && options.json) throw UsageError("--markdown and --json both want stdout; give one of them");
  if (typed.file_system) options.directory = *typed.file_system;
  take_rate(typed);
  Advice::Asked asked = parse_constraints(typed);
  const std::chrono::nanoseconds budget = parse_budget(typed);
  parse_cells(typed, asked, strategies_of(table, typed.run.strategies));
  print_notes(options.notes);
  if (asked.max_loss_ns) {
    const engine::Cell& cell = options.cells.front();
    const double line_bytes = static_cast<double>(cell.bytes) / static_cast<double>(cell.parameters.lines);
    asked.max_loss_bytes = advise::bytes_in(*asked.max_loss_ns, *asked.lines_per_second, line_bytes);
  }
  advise::Screening screening = screened(options, asked);
  check_budget(typed, asked, budget, screening.candidates.size());
  const std::optional<reports::ReportFile> store = store_for(options);
  engine::catch_interrupts();
  if (!options.quiet) {
    print_text(stderr, fmt::format("writebench: looks in '{}' for what fulfils this best, for about {}\n",
                                   options.directory, format_duration(budget)));
  }
  options.plan.budget = budget;
  reports::Report report = begin_report(options, std::move(command_line));
  report.advice = begin_advice(asked, screening);
  const advise::Request request{
      .asked = asked,
      .candidates = std::move(screening.candidates),
      .harness = harness_of(options, table),
      .budget = std::max<std::chrono::nanoseconds>(kLeastAdviceBudget / 2, budget - (engine::running_now() - began)),
      .seed = options.plan.seed};
  report.cells.clear();
  note_trouble_with_library();

  return run_in_parts(
      {.measure = [&](const engine::MakeRunner& make_runner,
                      engine::RunObserver& observer) { return advise::search(request, make_runner, observer, report); },
       .conclude =
           [&] {
             advise::conclude(report);
             report.advice->findings = advice_findings(report);
           },
       .print = [&] { print_advice(report, options, typed.markdown); },
       .people = options.json || typed.markdown ? stderr : stdout,
       .status = [&] { return status(report.advice->recommended ? ExitStatus::kFine : ExitStatus::kFailed); }},
      options, store, report);
}

void declare_constraints(CLI::App& command, const std::shared_ptr<TypedAdvise>& typed) {
  const char* const group = "What must hold";
  const auto option = [&](const char* name, std::optional<std::string>& value, const std::string& text,
                          const char* type) {
    return command.add_option(name, value, text)->type_name(type)->group(group);
  };
  option("--lines-per-second", typed->lines_per_second, "the rate that is to be kept, as --rate", "N");
  option("-w,--writers", typed->writers, "producers that append at once [1]", "N");
  option("--order", typed->order, "global, per-writer or none [global; with several writers per-writer]", "ORDER")
      ->check(offers_words(words_for(kOrders)));
  option("--max-stall", typed->max_stall, "99.9 % of the appends hold their caller for at most that long", "TIME");
  option("--max-loss", typed->max_loss,
         "what may be lost if the process dies: bytes, or at a rate the lines of a time; 0: nothing", "SIZE|TIME");
  option("--max-memory", typed->max_memory, "by how much the resident memory may grow", "SIZE");
  command.add_flag("--file-per-writer", typed->file_per_writer, "a file for each writer is acceptable")->group(group);
}

}  // namespace

void declare_advise(CLI::App& app, std::span<const Descriptor> table, const std::vector<std::string>& command_line,
                    std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("advise", "which strategy to use under your constraints, and why");
  const auto typed = std::make_shared<TypedAdvise>();
  typed->options.report_path = "writebench-advice.json";
  declare_work(*command, typed->run, typed->options);
  // What is searched for, or is a constraint.
  command->remove_option(command->get_option("--suite"));
  command->remove_option(command->get_option("--set"));
  for (const Option* option : kSharedOptions) {
    command->remove_option(command->get_option(fmt::format("--{}", option->name)));
  }
  declare_constraints(*command, typed);
  command->add_option("--file-system", typed->file_system, "the same as --dir")
      ->check(offers(Offer::Kind::kDirectories))
      ->type_name("DIR")
      ->group("What is written");
  declare_trial_options(*command, typed->run, typed->options);
  command
      ->add_option(
          "--prefer", typed->prefer,
          "least processor time (cpu), least stall, or most lines per second (speed) [cpu at a rate, else speed]")
      ->check(offers_words(words_for(kGoals)))
      ->type_name("WHAT");
  command
      ->add_option("--for", typed->language, fmt::format("names the setting in: {}", fmt::join(software_names(), ", ")))
      ->check(offers_words(software_names()))
      ->type_name("SOFTWARE");
  command->add_option("--budget", typed->budget, "for everything together")
      ->default_str(typed_time(kUsualAdviceBudget))
      ->type_name("TIME");
  command->add_flag("--markdown", typed->markdown, "the advice as Markdown");
  command->add_option("-o,--out", typed->options.report_path, "the report; '-' is stdout, 'none' leaves no report")
      ->check(offers(Offer::Kind::kReports))
      ->type_name("FILE");
  command->add_flag("--json", typed->options.json, "the report on stdout too, the advice on stderr");
  command->add_flag("--quiet", typed->options.quiet, "no progress on stderr");
  command->callback([=, &action] {
    if (typed->file_system && command->count("--dir") > 0) {
      throw UsageError("--file-system and --dir say the same; give one of them");
    }
    apply_files(*command, typed->run);
    action = [=] { return advise_on(*typed, table, command_line); };
  });
}

}  // namespace writebench::cli
