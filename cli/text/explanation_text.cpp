#include "cli/text/explanation_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "cli/text/findings.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/wrap.hpp"
#include "explain/conclude.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;
using explain::cell_of;
using explain::ns_per_line;
using reports::Explanation;
using reports::Report;
using reports::StageSummary;

constexpr std::size_t kPageColumns = 80;

std::string bar(double share, std::size_t columns, bool unicode) {
  const auto length = static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(columns)));
  std::string text;
  for (std::size_t i = 0; i < length; ++i) text += unicode ? "█" : "#";
  return left(std::move(text), columns);
}

// "10.1 to 11.3 us": both ends in the unit of the larger.
std::string range_text(double low, double high) {
  constexpr std::array<std::pair<double, const char*>, 3> kUnits{{{1e6, "ms"}, {1e3, "us"}, {1, "ns"}}};
  const double largest = std::max(std::abs(low), std::abs(high));
  for (const auto& [unit, name] : kUnits) {
    if (largest < unit && unit > 1) continue;
    const int digits = largest / unit >= 100 ? 0 : largest / unit >= 10 ? 1 : 2;
    const auto rounded = [&, unit = unit](double ns) {
      return std::abs(ns) * std::pow(10, digits) < 0.5 * unit ? 0 : ns / unit;
    };
    return fmt::format("{:.{}f} to {:.{}f} {}", rounded(low), digits, rounded(high), digits, name);
  }
  return "";
}

std::string signed_time(double ns) {
  return fmt::format("{}{}", ns < 0 ? "-" : "+", format_time_per_line(std::abs(ns)));
}

// The median over the trials of a count, per line.
std::string per_line(const Cell& cell, std::optional<std::int64_t> engine::Cost::*count) {
  std::vector<double> counts;
  for (const engine::Sample& sample : cell.samples) {
    if (const auto& value = sample.cost.*count) counts.push_back(static_cast<double>(*value));
  }
  if (counts.empty() || cell.parameters.lines == 0) return "-";
  const double each = engine::median(std::move(counts)) / static_cast<double>(cell.parameters.lines);
  if (each == 0) return "0";
  return each < 0.01 ? "<0.01" : fmt::format("{:.2f}", each);
}

class Page {
 public:
  Page(const Report& report, const Terminal& terminal)
      : report_(report),
        explanation_(*report.explanation),
        unicode_(terminal.unicode),
        columns_(std::min(kPageColumns, terminal.columns)) {}

  std::string text() {
    head();
    ladder();
    stages();
    variants();
    block_sizes();
    held();
    findings();
    commands();
    return std::move(text_);
  }

 private:
  void line(const std::string& text) {
    std::string cut = text;
    while (cut.ends_with(' ')) cut.pop_back();
    text_ += printable_lines(cut) + "\n";
  }
  void sentence(const std::string& mark, const std::string& text) { line(wrapped(mark, text, columns_)); }

  const Cell* subject() const { return cell_of(report_, explanation_.subject); }

  void head() {
    const Cell* const cell = subject();
    const Cell* const reference = cell_of(report_, explanation_.reference);
    if (cell == nullptr || reference == nullptr) return;
    sentence("", fmt::format("Why {} costs what it costs, here", described(*cell)));
    const char* const compared = reference->strategy.name == reports::kReference
                                     ? "the caller itself writes each line through the C library (sync)"
                                     : "the caller fills a block and writes it itself (sync-buffered)";
    sentence("", fmt::format(
                     "{} in {}, {} processor{}; {} lines of {}{}; compared with: {}", report_.environment.file_system,
                     cut_in_the_middle(report_.environment.directory, 24, unicode_), report_.environment.cpus,
                     report_.environment.cpus == 1 ? "" : "s", cell->asked_lines.value_or(cell->parameters.lines),
                     format_bytes(explain::mean_line_bytes(*cell_of(report_, explanation_.ladder.front().cell))),
                     report_.complete ? "" : "; incomplete: it was interrupted", compared));
    if (cell->status && cell->status != engine::Outcome::kOk) {
      sentence("", fmt::format("{}: {}", engine::to_string(*cell->status), cell->status_detail));
    }
  }

  // What it does, the step, its interval, a bar, and the counters: 80 columns.
  void ladder() {
    line("");
    line(fmt::format("{:<30} {:>8} {:>19} {:<6} {:>6} {:>6}", "Each does one thing more:", "added", "9 of 10 rounds",
                     "", "writes", "waits"));
    double most = 0;
    for (const Explanation::Step& step : explanation_.ladder) most = std::max(most, step.ns_per_line);
    for (std::size_t i = 0; i < explanation_.ladder.size(); ++i) step(explanation_.ladder[i], i == 0, most);
    line(fmt::format("  {:<28} {:>8}  (per line; waits: a thread sleeps)", "= one line, with all of it",
                     format_time_per_line(explanation_.ladder.back().ns_per_line)));
  }

  void step(const Explanation::Step& step, bool first, double most) {
    const Cell* const cell = cell_of(report_, step.cell);
    const double added = first ? step.ns_per_line : step.added_ns.median;
    const auto& interval = step.added_ns.ci95;
    std::string range;
    if (!first) {
      if (!interval || !step.rounds_ns) {
        range = "too few rounds";
      } else if (interval->low <= 0 && interval->high >= 0) {
        range = "may be 0 (noise)";
      } else {
        range = range_text(step.rounds_ns->low, step.rounds_ns->high);
      }
    }
    if (step.ns_per_line <= 0) {
      line(fmt::format("  {:<28} {:>8} {:>19}", what(step, *cell, first).substr(0, 28), "-", "not measured"));
      return;
    }
    line(fmt::format("  {:<28} {:>8} {:>19} {} {:>6} {:>6}", what(step, *cell, first).substr(0, 28),
                     first ? format_time_per_line(added) : signed_time(added), range,
                     bar(most > 0 ? added / most : 0, 6, unicode_), per_line(*cell, &engine::Cost::write_syscalls),
                     per_line(*cell, &engine::Cost::voluntary_switches)));
  }

  static std::string what(const Explanation::Step& step, const Cell& cell, bool first) {
    if (first) return cell.strategy.name == reports::kHarness ? "walks the lines" : cell.strategy.name;
    return step.adds;
  }

  void stages() {
    if (explanation_.stages.empty()) return;
    static const std::map<std::string, const char*> kStageMeanings{
        {"queued", "waits in the queue for the thread"}, {"wake-up", "the thread is woken and starts"},
        {"take-up", "the thread prepares the write"},    {"call", "the write itself"},
        {"caller-busy", "the caller is still busy"},     {"answer", "the caller is woken and goes on"},
    };
    const StageSummary& stages = explanation_.stages.front();
    const Cell* const cell = cell_of(report_, stages.cell);
    line("");
    sentence("", fmt::format("A write handed to a thread that waits for work (a pool thread){}:",
                             stages.awaited ? " and awaited" : ""));
    for (const StageSummary::Part& part : stages.parts) {
      const double share = stages.whole_ns > 0 ? part.mean_ns / stages.whole_ns : 0;
      line(fmt::format("  {:<36} {:>8} {:>4.0f}% {} 99%<{}", kStageMeanings.at(part.name), format_time(part.mean_ns),
                       100 * share, bar(share, 12, unicode_), part.p99_ns ? format_time(*part.p99_ns) : "-"));
    }
    line(fmt::format("  {:<36} {:>8}, {}", fmt::format("= the whole, mean of {}", stages.dispatches),
                     format_time(stages.whole_ns), counts_of(*cell)));
    std::string notes = fmt::format("A line took {} while timed so, {} when not. ", format_time(stages.line_ns),
                                    format_time(stages.unstaged_line_ns));
    notes += stages.pool_wakes
                 ? fmt::format("Wake-ups a write: {:.2f} (counted)", *stages.pool_wakes)
                 : fmt::format("Wake-ups a write: about {:.2f} (only root may count them)", stages.switches);
    if (stages.loop_wakes.value_or(0) > 0.005) notes += fmt::format(" + {:.2f} (eventfd)", *stages.loop_wakes);
    notes += fmt::format("; in the hand-over call: {}; both on one processor: {}; no processor free: {}.",
                         format_time(stages.hand_over_ns), format_percent(stages.same_processor_share),
                         format_time(stages.caller_delay_ns + stages.pool_delay_ns));
    if (explanation_.stages.size() > 1) {
      const StageSummary& last = explanation_.stages.back();
      const auto queued = std::find_if(last.parts.begin(), last.parts.end(),
                                       [](const StageSummary::Part& part) { return part.name == "queued"; });
      notes += fmt::format(" With {}: {}, {} of it in the queue behind {:.1f}.",
                           counts_of(*cell_of(report_, last.cell)), format_time(last.whole_ns),
                           queued == last.parts.end() ? "nothing" : format_time(queued->mean_ns), last.queue_mean);
    }
    sentence("  ", notes);
  }

  static std::string cpus_text(const Cell& cell) {
    const OptionValue* const cpus = cell.parameters.find("cpus");
    return cpus == nullptr ? "all" : cpus->word;
  }

  // A row for each set of processors, a column for each number of threads.
  void variants() {
    if (explanation_.variants.size() < 2) return;
    std::vector<std::string> cpus;
    std::vector<std::uint64_t> threads;
    std::map<std::pair<std::string, std::uint64_t>, std::string> ratios;
    for (const Explanation::Beside& variant : explanation_.variants) {
      const Cell& cell = *cell_of(report_, variant.cell);
      const auto key = std::pair(cpus_text(cell), cell.parameters.value(kThreads));
      if (std::find(cpus.begin(), cpus.end(), key.first) == cpus.end()) cpus.push_back(key.first);
      if (std::find(threads.begin(), threads.end(), key.second) == threads.end()) threads.push_back(key.second);
      const auto& interval = variant.ratio.ci95;
      if (variant.ratio.median <= 0) continue;
      ratios[key] = format_times(variant.ratio.median);
      if (interval)
        ratios[key] += fmt::format(" ({} to {})", format_times(interval->low), format_times(interval->high));
    }
    const bool counted = subject() != nullptr && subject()->parameters.find(kThreads.name) != nullptr;
    // As many as 80 columns have room for; all are in the report.
    if (threads.size() > 3) threads.resize(3);
    std::string title = left(counted ? "Factor over sync" : "Factor over " + reference_name(), 20);
    for (const std::uint64_t count : counted ? threads : std::vector<std::uint64_t>{}) {
      title += left(fmt::format("{} pool thread{}", count, count == 1 ? "" : "s"), 20);
    }
    line(title);
    for (const std::string& set : cpus) {
      std::string row = left(fmt::format("  on processor{} {}", set.size() == 1 ? "" : "s", set), 20);
      for (const std::uint64_t count : threads) row += left(ratios[{set, count}], 20);
      line(row);
    }
  }

  // Some of the points of the curve, in one line.
  void block_sizes() {
    std::map<std::uint64_t, double> curve;
    for (const Explanation::Beside& size : explanation_.block_sizes) {
      const Cell& cell = *cell_of(report_, size.cell);
      if (size.ratio.median > 0) curve[cell.parameters.value(kBufferSize)] = size.ratio.median;
    }
    if (curve.empty()) return;
    std::string points;
    double last = 0;
    for (const auto& [bytes, ratio] : curve) {
      if (static_cast<double>(bytes) < 7.9 * last) continue;
      last = static_cast<double>(bytes);
      points += fmt::format("{}{} {}x", points.empty() ? "" : ", ", block_text(bytes), format_times(ratio));
    }
    sentence("", fmt::format("Whole blocks, each awaited by one task, cost this many times sync: {}. {}", points,
                             finding(explanation_, "break-even")));
    if (const std::string text = finding(explanation_, "overlap"); !text.empty()) sentence("", text);
  }

  void held() {
    if (explanation_.paced.empty() && explanation_.durable.empty()) return;
    line(fmt::format("{:<41} {:>11} {:>10} {:>10}", "At a fixed rate, 99th percentiles:", "caller held", "loop delay",
                     "processor"));
    rows(explanation_.paced, "");
    rows(explanation_.durable, ", to the disk");
  }

  void rows(const std::vector<std::string>& ids, const char* more) {
    for (const std::string& id : ids) {
      const Cell& cell = *cell_of(report_, id);
      if (engine::times_ns(cell).empty()) continue;
      const auto time = [](const engine::Distribution& distribution) {
        const auto ns = distribution.percentile_ns(0.99);
        return ns ? format_time(*ns) : "-";
      };
      const auto share = reports::processor_share(cell);
      line(fmt::format(
          "  {:<40} {:>10} {:>10} {:>10}",
          fmt::format("{}, {} lines/s{}", cell.strategy.name, format_number(cell.workload.pace.lines_per_second), more),
          time(cell.caller_stall), time(cell.loop_lag), share ? format_percent(*share) : "-"));
    }
  }

  void findings() {
    int number = 0;
    const bool durable = !finding(explanation_, "durable").empty();
    for (const char* code : {"factor", "stages", durable ? "durable" : "stall"}) {
      if (const std::string text = finding(explanation_, code); !text.empty()) {
        sentence(fmt::format("{}. ", ++number), text);
      }
    }
    std::vector<std::string> warnings;
    for (const reports::Warning& warning : report_.warnings) warnings.push_back(warning.code);
    if (!warnings.empty()) sentence("The report warns of: ", fmt::format("{}.", fmt::join(warnings, ", ")));
    if (number == 0) sentence("  ", "There are too few trials to say anything; give it more time with --budget.");
    if (const std::string text = finding(explanation_, "recommendation"); !text.empty()) sentence("Do this: ", text);
  }

  std::string reference_name() const { return cell_of(report_, explanation_.reference)->strategy.name; }

  // " -w 1,10": the values of an option in the cells that these steps or comparisons name; empty if there are none, or
  // if all are what a run has unless it is asked.
  template <class Named>
  std::string swept(const Option& option, const std::vector<Named>& named) const {
    std::set<std::uint64_t> values;
    for (const Named& one : named) {
      const OptionValue* const value = cell_of(report_, one.cell)->parameters.find(option.name);
      if (value != nullptr) values.insert(value->number);
    }
    const bool usual = !option.usual_per_processor && values == std::set<std::uint64_t>{option.usual};
    if (values.empty() || usual) return "";
    return fmt::format(" -{} {}", option.letter, fmt::join(values, ","));
  }

  // With the user's own --dir, --lines and so on, each measures what stands above.
  void commands() {
    const Cell* const cell = subject();
    if (cell == nullptr) return;
    line("The same with 'writebench', your options, and these:");
    std::vector<std::string> names;
    for (const Explanation::Step& step : explanation_.ladder) {
      const std::string& name = cell_of(report_, step.cell)->strategy.name;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    command(fmt::format("-s {}{}{}{}", fmt::join(names, ","), swept(kWriters, explanation_.ladder),
                        swept(kThreads, explanation_.ladder), swept(kBufferSize, explanation_.ladder)));
    std::vector<std::string> cpus;
    for (const Explanation::Beside& variant : explanation_.variants) {
      const std::string set = cpus_text(*cell_of(report_, variant.cell));
      if (std::find(cpus.begin(), cpus.end(), set) == cpus.end()) cpus.push_back(set);
    }
    if (explanation_.variants.size() > 1) {
      command(fmt::format("-s {},{}{} --cpus {}", reference_name(), cell->strategy.name,
                          swept(kThreads, explanation_.variants), fmt::join(cpus, ",")));
    }
    if (!explanation_.block_sizes.empty()) command("-s sync,buffered -b '64..256KiB*2'");
    if (!explanation_.thinks.empty()) {
      command("-s sync-buffered,double-buffered --line-size 1000 -n 20k --think 0,1us,5us");
    }
    at_pace(explanation_.paced, "");
    at_pace(explanation_.durable, " -D line");
  }

  void at_pace(const std::vector<std::string>& ids, const char* more) {
    if (ids.empty()) return;
    std::vector<std::string> names;
    for (const std::string& id : ids) names.push_back(cell_of(report_, id)->strategy.name);
    const Cell& first = *cell_of(report_, ids.front());
    command(fmt::format("-s {} --rate {:.0f} -n {}{}", fmt::join(names, ","), first.workload.pace.lines_per_second,
                        first.parameters.lines, more));
  }

  void command(const std::string& options) { sentence("  ", options); }

  const Report& report_;
  const Explanation& explanation_;
  const bool unicode_;
  const std::size_t columns_;
  std::string text_;
};

}  // namespace

std::string render_explanation(const Report& report, const Terminal& terminal) { return Page(report, terminal).text(); }

std::string what_a_run_tells(const Report& report, const std::string& path, std::size_t columns) {
  std::string text;
  const auto add = [&](const std::string& mark, const std::string& sentence) {
    text += wrapped(mark, sentence, columns) + "\n";
  };
  add("",
      fmt::format("'{}' is the report of an ordinary run. It has no ladder and no stages, so it cannot tell why a "
                  "strategy costs what it costs. Of each cell it can tell what a line takes, and the write calls and "
                  "context switches (a thread stops, another runs) per line:",
                  path));
  const auto widest = std::max_element(report.cells.begin(), report.cells.end(),
                                       [](const Cell& a, const Cell& b) { return a.id.size() < b.id.size(); });
  const std::size_t names = std::min<std::size_t>(40, widest->id.size());
  for (const Cell& cell : report.cells) {
    const auto ns = ns_per_line(cell);
    if (!ns) continue;
    text +=
        fmt::format("  {} {:>9}  {:>6} writes  {:>6} switches\n",
                    left(cut_in_the_middle(printable(cell.id), names, false), names), format_time_per_line(*ns),
                    per_line(cell, &engine::Cost::write_syscalls), per_line(cell, &engine::Cost::voluntary_switches));
  }
  add("", "For the reasons, run: writebench explain STRATEGY");
  return text;
}

}  // namespace writebench::cli
