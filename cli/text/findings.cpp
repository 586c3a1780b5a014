#include "cli/text/findings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "cli/text/format_quantity.hpp"
#include "explain/conclude.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;
using explain::cell_of;
using explain::ns_per_line;
using reports::Explanation;
using reports::Report;
using reports::StageSummary;

std::string times(double factor) { return format_times(factor) + " times"; }

std::string interval_text(const std::optional<engine::Interval>& interval) {
  return interval ? fmt::format(" ({} to {})", format_times(interval->low), format_times(interval->high)) : "";
}

// The subject beside the reference, with what the factor depends on.
std::string factor(const Report& report, const Explanation& explanation) {
  const Cell* const subject = cell_of(report, explanation.subject);
  const Cell* const reference = cell_of(report, explanation.reference);
  if (subject == nullptr || reference == nullptr) return "";
  const auto own = ns_per_line(*subject);
  const auto other = ns_per_line(*reference);
  if (!own || !other || *other <= 0) return "";
  // The same as in the table of the factors: of trials in the same rounds.
  double ratio = *own / *other;
  std::vector<double> ratios;
  for (const Explanation::Beside& variant : explanation.variants) {
    if (variant.ratio.median <= 0) continue;
    if (variant.cell == explanation.subject && variant.reference == explanation.reference) ratio = variant.ratio.median;
    ratios.push_back(variant.ratio.median);
  }
  ratios.push_back(ratio);
  const double least = *std::min_element(ratios.begin(), ratios.end());
  const double most = *std::max_element(ratios.begin(), ratios.end());
  std::string text =
      fmt::format("{} costs {} a line and {} {}: {} as much.", subject->strategy.name, format_time_per_line(*own),
                  reference->strategy.name, format_time_per_line(*other), times(ratio));
  if (most > 1.3 * least) {
    text +=
        fmt::format(" With other numbers of threads and processors it is {} to {}.", format_times(least), times(most));
  }
  return text;
}

double mean_of(const StageSummary& stages, const std::string& name) {
  const auto part = std::find_if(stages.parts.begin(), stages.parts.end(),
                                 [&](const StageSummary::Part& other) { return other.name == name; });
  return part == stages.parts.end() ? 0 : part->mean_ns;
}

std::string share_text(double share) { return fmt::format("{:.0f}%", 100 * share); }

// Where the time of one dispatched write goes.
std::string stages_text(const Explanation& explanation) {
  if (explanation.stages.empty()) return "";
  const StageSummary& stages = explanation.stages.front();
  if (stages.whole_ns <= 0) return "";
  const double call = mean_of(stages, "call");
  const double queued = mean_of(stages, "queued");
  const double waking = mean_of(stages, "wake-up") + mean_of(stages, "answer");
  const std::string whole = format_time(stages.whole_ns);
  if (call > 0.5 * stages.whole_ns) {
    return fmt::format(
        "Of the {} that a dispatched write takes, the write itself is {} ({}): here the file is "
        "slow, and the dispatching hardly matters.",
        whole, format_time(call), share_text(call / stages.whole_ns));
  }
  if (queued > waking && queued > 0.4 * stages.whole_ns) {
    return fmt::format(
        "Of the {} until a write is done, it waits in the queue for {} ({}) because the pool's thread "
        "is busy; the write itself takes {}.",
        whole, format_time(queued), share_text(queued / stages.whole_ns), format_time(call));
  }
  return fmt::format(
      "Of the {} that one dispatched write takes, the write itself is {} ({}); waking {} takes {} "
      "({}).",
      whole, format_time(call), share_text(call / stages.whole_ns),
      stages.awaited ? "the pool's thread, and then the caller's," : "the pool's thread", format_time(waking),
      share_text(waking / stages.whole_ns));
}

std::string break_even_text(const Report& report, const Explanation& explanation) {
  if (explanation.block_sizes.empty()) return "";
  if (const auto& found = explanation.break_even) {
    const auto lines = [&](double bytes) { return fmt::format("{:.0f}", found->lines * bytes / found->block_bytes); };
    return fmt::format("Awaiting a pool thread costs no more than sync from {} lines ({}) per hand-over on{}.",
                       lines(found->block_bytes), format_bytes(found->block_bytes),
                       found->interval ? fmt::format(", between {} and {} lines", lines(found->interval->low),
                                                     lines(found->interval->high))
                                       : "");
  }
  const Explanation::Beside& last = *std::max_element(explanation.block_sizes.begin(), explanation.block_sizes.end(),
                                                      [&](const auto& a, const auto& b) {
                                                        return cell_of(report, a.cell)->parameters.value(kBufferSize) <
                                                               cell_of(report, b.cell)->parameters.value(kBufferSize);
                                                      });
  if (last.ratio.median <= 0) return "";
  if (last.ratio.median > 1) {
    return fmt::format("Even with {} per hand-over, awaiting a pool thread costs {} what sync does.",
                       format_bytes(static_cast<double>(cell_of(report, last.cell)->parameters.value(kBufferSize))),
                       times(last.ratio.median));
  }
  return "Awaiting a pool thread costs no more than sync even with the fewest lines per hand-over that were tried.";
}

std::string overlap_text(const Report& report, const Explanation& explanation) {
  const Explanation::Beside* best = nullptr;
  for (const Explanation::Beside& think : explanation.thinks) {
    if (think.ratio.median <= 0) continue;
    if (best == nullptr || think.ratio.median < best->ratio.median) best = &think;
    if (!think.ratio.ci95 || think.ratio.ci95->high >= 1) continue;
    const auto think_ns = cell_of(report, think.cell)->workload.pace.think.count();
    return fmt::format(
        "double-buffered beats sync-buffered if the caller is busy for {} before each line of 1,000 "
        "bytes: {} of its time{}.",
        think_ns == 0 ? "no time at all" : "at least " + format_time(static_cast<double>(think_ns)),
        share_text(think.ratio.median), interval_text(think.ratio.ci95));
  }
  if (best == nullptr) return "";
  const auto think_ns = static_cast<double>(cell_of(report, best->cell)->workload.pace.think.count());
  return fmt::format("With {} of other work before each line, double-buffered took {} of sync-buffered's time: {}.",
                     format_time(think_ns), share_text(best->ratio.median),
                     best->ratio.median < 1 ? "within the noise, as in every other case that was tried"
                                            : "it gained nothing in any case that was tried");
}

std::optional<double> p99(const engine::Distribution& distribution) { return distribution.percentile_ns(0.99); }

const Cell* named(const Report& report, const std::vector<std::string>& ids, std::string_view strategy) {
  for (const std::string& id : ids) {
    const Cell* const cell = cell_of(report, id);
    if (cell != nullptr && cell->strategy.name == strategy && !engine::times_ns(*cell).empty()) return cell;
  }
  return nullptr;
}

// The first of these cells that runs on an event loop.
const Cell* on_a_loop(const Report& report, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    const Cell* const cell = cell_of(report, id);
    if (cell != nullptr && p99(cell->loop_lag)) return cell;
  }
  return nullptr;
}

std::string stall_text(const Report& report, const Explanation& explanation) {
  const Cell* const sync = named(report, explanation.paced, "sync");
  const Cell* const async = on_a_loop(report, explanation.paced);
  if (sync == nullptr || async == nullptr) return "";
  const auto held = p99(sync->caller_stall);
  const auto late = p99(async->loop_lag);
  const auto share = reports::processor_share(*sync);
  const auto async_share = reports::processor_share(*async);
  if (!held || !late || !share || !async_share) return "";
  return fmt::format(
      "At {} lines/s sync holds its caller for {} with {} of a processor; the event loop of {} is late by "
      "{} with {}.{}",
      format_number(sync->workload.pace.lines_per_second), format_time(*held), format_percent(*share),
      async->strategy.name, format_time(*late), format_percent(*async_share),
      *late >= *held ? " Async saves no stall here." : "");
}

std::string durable_text(const Report& report, const Explanation& explanation) {
  const Cell* const sync = named(report, explanation.durable, "sync");
  const Cell* const async = on_a_loop(report, explanation.durable);
  if (sync == nullptr || async == nullptr) return "";
  const auto held = p99(sync->caller_stall);
  const auto late = p99(async->loop_lag);
  if (!held || !late) return "";
  if (*late < 0.5 * *held) {
    return fmt::format(
        "If each line must be on the disk, sync holds its caller for {}; the event loop of {} is late by only {}: "
        "what async writing is for.",
        format_time(*held), async->strategy.name, format_time(*late));
  }
  return fmt::format(
      "If each line must be on the disk, sync holds its caller for {}, and the event loop of {} is late by {}: async "
      "writing does not help even there.",
      format_time(*held), async->strategy.name, format_time(*late));
}

// The cheapest way that was measured, and what to take instead if the caller may not wait.
std::string recommendation(const Report& report, const Explanation& explanation) {
  const Cell* const subject = cell_of(report, explanation.subject);
  const Cell* cheapest = nullptr;
  for (const Explanation::Step& step : explanation.ladder) {
    const Cell* const cell = cell_of(report, step.cell);
    if (cell == nullptr || reports::is_control(*cell) || !ns_per_line(*cell)) continue;
    if (cheapest == nullptr || *ns_per_line(*cell) < *ns_per_line(*cheapest)) cheapest = cell;
  }
  if (subject == nullptr || cheapest == nullptr || !ns_per_line(*subject)) return "";
  std::string text;
  if (cheapest->id == subject->id || *ns_per_line(*subject) < 1.1 * *ns_per_line(*cheapest)) {
    text = fmt::format("Keep {}: nothing on its ladder writes these lines for less.", subject->strategy.name);
  } else {
    text = fmt::format("Collect lines in a block and write it yourself ({}): {} a line instead of {}.",
                       cheapest->strategy.name, format_time_per_line(*ns_per_line(*cheapest)),
                       format_time_per_line(*ns_per_line(*subject)));
  }
  const Cell* const loop = on_a_loop(report, explanation.durable);
  const Cell* const sync = named(report, explanation.durable, "sync");
  if (loop != nullptr && sync != nullptr && p99(loop->loop_lag) && p99(sync->caller_stall) &&
      *p99(loop->loop_lag) < 0.5 * *p99(sync->caller_stall)) {
    text += " If the caller may not wait for a slow file, hand blocks to a thread: double-buffered.";
  }
  return text;
}

}  // namespace

std::vector<Explanation::Finding> findings_of(const Report& report) {
  const Explanation& explanation = *report.explanation;
  std::vector<Explanation::Finding> findings;
  const auto add = [&](const char* code, std::string text) {
    if (!text.empty()) findings.push_back({code, std::move(text)});
  };
  add("factor", factor(report, explanation));
  add("stages", stages_text(explanation));
  add("break-even", break_even_text(report, explanation));
  add("overlap", overlap_text(report, explanation));
  add("stall", stall_text(report, explanation));
  add("durable", durable_text(report, explanation));
  add("recommendation", recommendation(report, explanation));
  return findings;
}

std::string finding(const Explanation& explanation, const std::string& code) {
  const auto found = std::find_if(explanation.findings.begin(), explanation.findings.end(),
                                  [&](const Explanation::Finding& other) { return other.code == code; });
  return found == explanation.findings.end() ? "" : found->text;
}

std::string counts_of(const engine::CellSpec& cell) {
  std::vector<std::string> parts;
  const auto add = [&](const Option& option, const char* one, const char* many) {
    if (cell.parameters.find(option.name) == nullptr) return;
    const std::uint64_t value = cell.parameters.value(option);
    parts.push_back(fmt::format("{} {}", value, value == 1 ? one : many));
  };
  add(kWriters, "task", "tasks");
  add(kThreads, "pool thread", "pool threads");
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string described(const engine::CellSpec& cell) {
  const std::string counts = counts_of(cell);
  return counts.empty() ? cell.strategy.name : fmt::format("{} ({})", cell.strategy.name, counts);
}

}  // namespace writebench::cli
