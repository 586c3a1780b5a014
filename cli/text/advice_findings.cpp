#include "cli/text/advice_findings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "advise/conclude.hpp"
#include "cli/text/format_quantity.hpp"
#include "reports/cell_id.hpp"
#include "reports/json.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;
using reports::Advice;
using reports::Goal;
using reports::Hurdle;
using reports::Report;
using Finalist = reports::Advice::Finalist;

const Cell& cell_at(const Report& report, const Finalist& finalist) { return *advise::cell_of(report, finalist.cell); }

double line_bytes(const Cell& cell) {
  return static_cast<double>(cell.bytes) / std::max(1.0, static_cast<double>(cell.parameters.lines));
}

std::string order_text(Order order, std::uint64_t writers) {
  switch (order) {
    case Order::kGlobal: return "all lines in order";
    case Order::kPerWriter: return writers > 1 ? "each writer's lines in order" : "all lines in order";
    default: return "whole lines in any order";
  }
}

std::string durability_text(const Durability& durability) {
  switch (durability.kind) {
    case Durability::Kind::kNone: return "not synced";
    case Durability::Kind::kClose: return "synced once at the end";
    case Durability::Kind::kBytes:
      return fmt::format("synced every {}", format_bytes(static_cast<double>(durability.interval_bytes)));
    case Durability::Kind::kLine: return "each line synced";
  }
  return "";
}

std::string effort_text(Effort effort) {
  switch (effort) {
    case Effort::kLibraryCall: return "a call for each line";
    case Effort::kOwnBuffer: return "a buffer of your own";
    case Effort::kLock: return "a buffer that the writers share by agreement";
    case Effort::kWriterThread: return "a thread that writes";
    case Effort::kSeveralThreads: return "several threads, an event loop, or sharing without a lock";
    case Effort::kKernel: return "interfaces of the kernel, or a library";
  }
  return "";
}

std::string interval_text(const reports::Estimate& ratio, std::size_t rounds) {
  if (!ratio.ci95) return fmt::format("{} round{}, too few for an interval", rounds, rounds == 1 ? "" : "s");
  return fmt::format("95 % interval {} to {}, {} rounds", format_times(ratio.ci95->low), format_times(ratio.ci95->high),
                     rounds);
}

// What was measured of the first, for the goal.
std::string figure_text(const Report& report, const Finalist& first) {
  const Advice::Asked& asked = report.advice->asked;
  switch (asked.goal) {
    case Goal::kCpu: {
      std::string text = fmt::format("{} of processor time a line", format_time_per_line(first.figures.value_ns));
      if (asked.lines_per_second) {
        text += fmt::format(", {} of one processor at this rate",
                            format_percent(first.figures.value_ns * 1e-9 * *asked.lines_per_second));
      }
      return text;
    }
    case Goal::kStall:
      return fmt::format("{} of the appends hold their caller for at most {}",
                         first.figures.stall_p999_ns ? "99.9 %" : "99 %", format_time(first.figures.value_ns));
    case Goal::kSpeed:
      return fmt::format("{} lines/s, {} a line", format_number(1e9 / std::max(1e-9, first.figures.value_ns)),
                         format_time_per_line(first.figures.value_ns));
  }
  return "";
}

std::string worse_text(Goal goal, double ratio) {
  switch (goal) {
    case Goal::kCpu: return fmt::format("{} times the processor time", format_times(ratio));
    case Goal::kStall: return fmt::format("{} times the stall", format_times(ratio));
    case Goal::kSpeed: return fmt::format("{} times the time", format_times(ratio));
  }
  return "";
}

std::string recommendation(const Report& report, const Finalist& first) {
  return fmt::format("Use {}: {}.", with_settings(cell_at(report, first)), figure_text(report, first));
}

std::string tie(const Report& report) {
  const auto& finalists = report.advice->finalists;
  std::vector<std::string> tied;
  bool simpler = false;
  for (const Finalist& finalist : finalists) {
    if (&finalist == &finalists.front() || !finalist.tied) continue;
    tied.push_back(with_settings(cell_at(report, finalist)));
    simpler = simpler || finalists.front().effort < finalist.effort;
  }
  if (tied.empty()) return "";
  const double least_ns = std::min_element(finalists.begin(), finalists.end(), [](const auto& a, const auto& b) {
                            return std::pair(!a.tied, a.figures.value_ns) < std::pair(!b.tied, b.figures.value_ns);
                          })->figures.value_ns;
  const double within_ns = report.advice->tie_margin * least_ns;
  std::string within = fmt::format("{} from the best", format_percent(report.advice->tie_margin));
  if (report.advice->harness_ns || report.advice->asked.goal == Goal::kCpu) {
    within = report.advice->asked.goal == Goal::kStall
                 ? fmt::format("{} from the best", format_time(within_ns))
                 : fmt::format("{} a line from the best", format_time_per_line(within_ns));
  }
  return fmt::format("It is a tie with {}: the difference is within the noise, or less than {}. {} ({}).",
                     fmt::join(tied, ", "), within,
                     simpler ? "It is recommended because it is the simplest" : "None of them is simpler",
                     effort_text(finalists.front().effort));
}

const Finalist* runner_up(const Report& report) {
  const auto& finalists = report.advice->finalists;
  const std::string& first = cell_at(report, finalists.front()).strategy.name;
  const Finalist* best = nullptr;
  for (const Finalist& finalist : finalists) {
    if (!finalist.fulfils || cell_at(report, finalist).strategy.name == first) continue;
    if (best == nullptr || finalist.figures.value_ns < best->figures.value_ns) best = &finalist;
  }
  return best;
}

std::string next_text(const Report& report) {
  const Finalist* const next = runner_up(report);
  if (next == nullptr) return "No other strategy that fulfils the constraints came near enough to be compared with it.";
  return fmt::format("Next is {}: {} ({}).", with_settings(cell_at(report, *next)),
                     worse_text(report.advice->asked.goal, next->ratio.median),
                     interval_text(next->ratio, next->rounds));
}

std::string process_loss_text(const Report& report, const Finalist& first) {
  const auto& bytes = first.figures.may_lose_bytes;
  if (!bytes) return "what is lost if the process dies is not known";
  if (*bytes == 0) return "if the process dies, no line is lost whose append had returned (by arithmetic)";
  const Cell& cell = cell_at(report, first);
  const double lines = static_cast<double>(*bytes) / std::max(1.0, line_bytes(cell));
  std::string text =
      fmt::format("if the process dies, up to {} of lines are lost (by arithmetic from its options): about {} lines",
                  format_bytes(static_cast<double>(*bytes)), format_number(std::max(1.0, std::floor(lines))));
  if (const auto& rate = report.advice->asked.lines_per_second) {
    text += fmt::format(", {} at this rate", format_time(1e9 * lines / std::max(1e-9, *rate)));
  }
  return text;
}

std::string machine_loss_text(const Advice::Asked& asked) {
  switch (asked.durability.kind) {
    case Durability::Kind::kNone:
      return "If the machine dies, what the kernel has not yet written back is lost: by default the last half minute "
             "or "
             "more";
    case Durability::Kind::kClose: return "If the machine dies before the sync at the end, any of it may be lost";
    case Durability::Kind::kBytes:
      return fmt::format("If the machine dies, up to {} more are lost: those since the last sync",
                         format_bytes(static_cast<double>(asked.durability.interval_bytes)));
    case Durability::Kind::kLine: return "If the machine dies, none is lost either: each was synced";
  }
  return "";
}

std::string loss(const Report& report, const Finalist& first) {
  std::string text = process_loss_text(report, first);
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return fmt::format("{}. {}. Neither was tried here: 'writebench crash-test' does.", text,
                     machine_loss_text(report.advice->asked));
}

std::string space_text(const Finalist& first) {
  if (!first.makes_space) return "";
  return " The size of the file must be known beforehand: its space is made before the lines come, and that was not "
         "timed.";
}

std::string gives_up(const Report& report, const Finalist& first) {
  const Cell& cell = cell_at(report, first);
  std::string text =
      fmt::format("The file has {}", order_text(cell.strategy.contract.order, report.advice->asked.writers));
  if (cell.strategy.contract.layout == Layout::kFilePerWriter && report.advice->asked.writers > 1) {
    text = "Each writer has a file of its own, with its lines in order";
  }
  if (const auto& memory = first.figures.memory_bytes) {
    text += fmt::format("; memory grows by {}", format_bytes(*memory));
  }
  if (const auto& longest = first.figures.stall_max_ns) {
    const auto& p999 = first.figures.stall_p999_ns;
    text += p999 ? fmt::format("; 99.9 % of the appends hold their caller for at most {}, the longest of all {}",
                               format_time(*p999), format_time(*longest))
                 : fmt::format("; the longest append held its caller for {}, of too few for a 99.9th percentile",
                               format_time(*longest));
  }
  return text + "." + space_text(first);
}

std::string trust(const Report& report) {
  std::size_t trials = 0;
  std::size_t disturbed = 0;
  std::size_t fewest = SIZE_MAX;
  for (const Finalist& finalist : report.advice->finalists) {
    trials += finalist.figures.trials;
    disturbed += finalist.figures.disturbed_trials;
    fewest = std::min(fewest, finalist.figures.trials);
  }
  if (trials == 0) return "Nothing was measured.";
  std::string text = fmt::format("It rests on {} trial{} of each finalist, in turn", fewest, fewest == 1 ? "" : "s");
  if (!report.complete) text += ", and the run was interrupted before its end";
  text += disturbed == 0 ? "; none was disturbed from outside."
                         : fmt::format("; {} of {} were disturbed from outside.", disturbed, trials);
  if (2 * disturbed > trials) text += " That is most of them: ask again on a quieter machine.";
  if (fewest < 6) text += " That is too few for an interval: give it more time with --budget.";
  if (const auto& harness_ns = report.advice->harness_ns) {
    text += report.advice->asked.goal == Goal::kStall
                ? fmt::format(" The machine alone holds them for {}, as null shows.", format_time(*harness_ns))
                : fmt::format(" Of each figure about {} are the harness's own, as null shows.",
                              format_time_per_line(*harness_ns));
  }
  return text + " It holds for this machine, directory and load.";
}

std::string machine_text(const Report& report) {
  const engine::Environment& environment = report.environment;
  return fmt::format("{} on {}, {} processor{}", environment.file_system, environment.kernel, environment.cpus,
                     environment.cpus == 1 ? "" : "s");
}

std::string date_of(const Report& report) { return report.started_at.substr(0, report.started_at.find('T')); }

// One paragraph for a design document.
std::string design(const Report& report, const Finalist& first) {
  const Finalist* const next = runner_up(report);
  std::string text =
      fmt::format("We write these lines ({}) as writebench's strategy {} does. Measured on {} ({}), it took {}",
                  constraints_text(report), with_settings(cell_at(report, first)), date_of(report),
                  machine_text(report), figure_text(report, first));
  text += next == nullptr ? "."
                          : fmt::format("; next was {} with {} ({}).", with_settings(cell_at(report, *next)),
                                        worse_text(report.advice->asked.goal, next->ratio.median),
                                        interval_text(next->ratio, next->rounds));
  std::string loses = process_loss_text(report, first);
  loses.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(loses.front())));
  return fmt::format("{} {}. {}.{} To ask again: {}", text, loses, machine_loss_text(report.advice->asked),
                     space_text(first), command_text(report.command_line));
}

std::string impossible(const Report& report) {
  const Advice& advice = *report.advice;
  if (!report.complete) return "It was interrupted before anything could be recommended.";
  const bool knows_stalls = std::any_of(advice.finalists.begin(), advice.finalists.end(),
                                        [](const Finalist& one) { return one.figures.stall_max_ns.has_value(); });
  if (advice.asked.max_stall_ns && !advice.finalists.empty() && !knows_stalls) {
    return "Nothing can be recommended: the time was too short to measure stalls. Give it more with --budget.";
  }
  return "No strategy fulfils all of this here.";
}

std::string amount(Hurdle constraint, double value) {
  if (constraint == Hurdle::kLinesPerSecond) return format_number(value) + "/s";
  return constraint == Hurdle::kMaxStall ? format_time(value) : format_bytes(value);
}

std::string would_have_to_give(const Report& report) {
  const Advice& advice = *report.advice;
  if (advice.nearest.empty()) return "";
  std::vector<std::string> parts;
  for (const Advice::Nearest& nearest : advice.nearest) {
    const Cell* const cell = advise::cell_of(report, nearest.cell);
    const bool at_least = nearest.constraint == Hurdle::kLinesPerSecond;
    parts.push_back(fmt::format("{} would have to be {} {} instead of {} ({} times): {} comes nearest",
                                hurdle_text(nearest.constraint, advice.asked.goal), at_least ? "at most" : "at least",
                                amount(nearest.constraint, nearest.found), amount(nearest.constraint, nearest.asked),
                                format_times(nearest.found / std::max(1e-9, nearest.asked)),
                                cell == nullptr ? nearest.cell : with_settings(*cell)));
  }
  return fmt::format("{}.", fmt::join(parts, "; or "));
}

std::string shell_word(const std::string& word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("-_./,:=+@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string goal_text(Goal goal) {
  switch (goal) {
    case Goal::kCpu: return "processor time a line";
    case Goal::kStall: return "stall";
    case Goal::kSpeed: return "time a line";
  }
  return "";
}

std::string hurdle_text(Hurdle hurdle, Goal goal) {
  switch (hurdle) {
    case Hurdle::kPlaces: return "needs to know every line's place";
    case Hurdle::kUnavailable: return "not available here";
    case Hurdle::kFailed: return "failed";
    case Hurdle::kCost: return "more " + goal_text(goal);
    default: return fmt::format("--{}", reports::to_string(hurdle));
  }
}

std::string value_text_of(const Advice::Figures& figures) { return format_time_per_line(figures.value_ns); }

std::string with_settings(const engine::CellSpec& cell) {
  std::vector<std::string> settings;
  for (const OptionValue& value : cell.parameters.options) {
    const bool producers = value.name == kWriters.name || value.name == kProcesses.name;
    if (producers || value.name == "cpus" || value.name == kInFlightBytes.name) continue;
    settings.push_back(fmt::format("{} {}", value.name, reports::typed_value(value)));
  }
  if (settings.empty()) return cell.strategy.name;
  return fmt::format("{} ({})", cell.strategy.name, fmt::join(settings, ", "));
}

WayToWrite way_of(const Finalist& finalist, const engine::CellSpec& cell) {
  using enum WayToWrite::Kind;
  WayToWrite way;
  way.synced = cell.parameters.durability.kind != Durability::Kind::kNone;
  const OptionValue* const buffer = cell.parameters.find(kBufferSize.name);
  if (buffer != nullptr) way.buffer_bytes = buffer->number;
  const bool each_line = cell.parameters.durability.kind == Durability::Kind::kLine;
  switch (finalist.effort) {
    case Effort::kLibraryCall:
    case Effort::kOwnBuffer:
      way.kind = each_line || finalist.figures.may_lose_bytes == std::uint64_t{0} ? kEachLine : kBuffer;
      break;
    case Effort::kLock: way.kind = kLock; break;
    case Effort::kWriterThread:
    case Effort::kSeveralThreads: way.kind = kThread; break;
    case Effort::kKernel: way.kind = kKernel; break;
  }
  return way;
}

std::string constraints_text(const Report& report) {
  const Advice::Asked& asked = report.advice->asked;
  const Cell* const cell = report.cells.empty() ? nullptr : &report.cells.front();
  std::string text = asked.lines_per_second ? fmt::format("{} lines/s", format_number(*asked.lines_per_second))
                                            : std::string("lines as fast as possible");
  if (cell != nullptr) text += fmt::format(" of {}", format_bytes(line_bytes(*cell)));
  if (asked.writers > 1) text += fmt::format(" by {} writers", asked.writers);
  text += fmt::format(", {}, {}", order_text(asked.order, asked.writers), durability_text(asked.durability));
  if (asked.file_per_writer) text += ", a file for each writer allowed";
  if (asked.max_loss_bytes) {
    text += *asked.max_loss_bytes == 0
                ? ", nothing lost if the process dies"
                : fmt::format(", at most {} lost if the process dies",
                              asked.max_loss_ns
                                  ? fmt::format("{} ({})", format_time(static_cast<double>(*asked.max_loss_ns)),
                                                format_bytes(static_cast<double>(*asked.max_loss_bytes)))
                                  : format_bytes(static_cast<double>(*asked.max_loss_bytes)));
  }
  if (asked.max_stall_ns) {
    text += fmt::format(", 99.9 % of the appends held for at most {}",
                        format_time(static_cast<double>(*asked.max_stall_ns)));
  }
  if (asked.max_memory_bytes) {
    text += fmt::format(", at most {} of memory", format_bytes(static_cast<double>(*asked.max_memory_bytes)));
  }
  return text;
}

std::string command_text(const std::vector<std::string>& words) {
  std::vector<std::string> typed;
  typed.reserve(words.size());
  for (const std::string& word : words) typed.push_back(typed.empty() ? "writebench" : shell_word(word));
  return fmt::format("{}", fmt::join(typed, " "));
}

std::vector<reports::Explanation::Finding> advice_findings(const Report& report) {
  const Advice& advice = *report.advice;
  std::vector<reports::Explanation::Finding> findings;
  const auto add = [&](const char* code, std::string text) {
    if (!text.empty()) findings.push_back({code, std::move(text)});
  };
  if (!advice.recommended) {
    add("impossible", impossible(report));
    add("would-have-to-give", would_have_to_give(report));
    add("trust", trust(report));
    return findings;
  }
  const Finalist& first = advice.finalists.front();
  add("recommendation", recommendation(report, first));
  add("tie", tie(report));
  add("runner-up", next_text(report));
  add("loss", loss(report, first));
  add("gives-up", gives_up(report, first));
  add("trust", trust(report));
  if (!advice.asked.language.empty()) {
    add("setting", setting_in(advice.asked.language, way_of(first, cell_at(report, first))));
  }
  add("design", design(report, first));
  return findings;
}

}  // namespace writebench::cli
