#include "cli/text/findings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
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
      fmt::format("{} costs {} a line and {} {}: {} as much (median round).", subject->strategy.name,
                  format_time_per_line(*own), reference->strategy.name, format_time_per_line(*other), times(ratio));
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

std::uint64_t block_bytes(const Report& report, const Explanation::Beside& size) {
  return cell_of(report, size.cell)->parameters.value(kBufferSize);
}

std::string break_even_text(const Report& report, const Explanation& explanation) {
  if (explanation.block_sizes.empty()) return "";
  if (const auto& found = explanation.break_even) {
    const auto lines = [&](double bytes) { return fmt::format("{:.0f}", found->lines * bytes / found->block_bytes); };
    return fmt::format("Awaiting a block costs no more than sync from {} lines on ({}{}).", lines(found->block_bytes),
                       format_bytes(found->block_bytes),
                       found->interval
                           ? fmt::format("; {} to {} lines", lines(found->interval->low), lines(found->interval->high))
                           : "");
  }
  std::vector<Explanation::Beside> sizes;
  std::copy_if(explanation.block_sizes.begin(), explanation.block_sizes.end(), std::back_inserter(sizes),
               [](const Explanation::Beside& size) { return size.ratio.median > 0; });
  if (sizes.empty()) return "";
  if (std::all_of(sizes.begin(), sizes.end(), [](const auto& size) { return size.ratio.median <= 1; })) {
    return "Awaiting a pool thread costs no more than sync even with the fewest lines per hand-over that were tried.";
  }
  const auto largest = std::max_element(sizes.begin(), sizes.end(), [&](const auto& a, const auto& b) {
    return block_bytes(report, a) < block_bytes(report, b);
  });
  if (largest->ratio.median > 1) {
    return fmt::format("Even with {} per hand-over, awaiting a pool thread costs {} what sync does.",
                       format_bytes(static_cast<double>(block_bytes(report, *largest))), times(largest->ratio.median));
  }
  return "The ratios scatter too much to say from how many lines per hand-over on that costs no more than sync; give "
         "it more time with --budget.";
}

// For which callers writing in the background pays.
std::string overlap_text(const Report& report, const Explanation& explanation) {
  const auto busy = [&](const Explanation::Beside& think) {
    return format_time(static_cast<double>(cell_of(report, think.cell)->workload.pace.think.count()));
  };
  const Explanation::Beside* best = nullptr;
  std::vector<std::string> won;
  for (const Explanation::Beside& think : explanation.thinks) {
    if (think.ratio.median <= 0) continue;
    if (best == nullptr || think.ratio.median < best->ratio.median) best = &think;
    if (think.ratio.ci95 && think.ratio.ci95->high < 1) won.push_back(busy(think));
  }
  if (best == nullptr) return "";
  if (won.empty()) {
    return fmt::format(
        "Written in the background (double-buffered), with {} of other work a line: {} of sync-buffered's "
        "time at best, {}.",
        busy(*best), share_text(best->ratio.median),
        best->ratio.median < 1 ? "within the noise" : "so it gained nothing");
  }
  return fmt::format(
      "Written in the background (double-buffered), with {} of other work a line: {} of sync-buffered's time "
      "at best; it wins with {}.",
      busy(*best), share_text(best->ratio.median), fmt::join(won, ", "));
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

// How long sync holds its caller at a pace, and how late the event loop of another strategy is, at the 99th percentile.
struct Held {
  const Cell* sync;
  const Cell* async;
  double held_ns;
  double late_ns;
};

std::optional<Held> held(const Report& report, const std::vector<std::string>& ids) {
  const Cell* const sync = named(report, ids, "sync");
  const Cell* const async = on_a_loop(report, ids);
  if (sync == nullptr || async == nullptr) return std::nullopt;
  const auto held_ns = p99(sync->caller_stall);
  if (!held_ns) return std::nullopt;
  return Held{sync, async, *held_ns, *p99(async->loop_lag)};
}

// Whether an event loop is free while the file is slow.
bool frees_the_loop(const Held& held) { return held.late_ns < 0.5 * held.held_ns; }

std::string stall_text(const Report& report, const Explanation& explanation) {
  const auto found = held(report, explanation.paced);
  if (!found) return "";
  const auto share = reports::processor_share(*found->sync);
  const auto async_share = reports::processor_share(*found->async);
  if (!share || !async_share) return "";
  return fmt::format(
      "At {} lines/s sync holds its caller for {} with {} of a processor; the event loop of {} is late by "
      "{} with {} (99th percentiles).{}",
      format_number(found->sync->workload.pace.lines_per_second), format_time(found->held_ns), format_percent(*share),
      found->async->strategy.name, format_time(found->late_ns), format_percent(*async_share),
      found->late_ns >= found->held_ns ? " Async saves no stall here." : "");
}

std::string durable_text(const Report& report, const Explanation& explanation) {
  const auto found = held(report, explanation.durable);
  if (!found) return "";
  const char* const follows = frees_the_loop(*found)            ? "that is what async writing is for"
                              : found->late_ns < found->held_ns ? "async writing helps a little"
                                                                : "async writing does not help even there";
  return fmt::format("If each line must be on the disk, sync holds its caller for {} and {} its event loop for {}: {}.",
                     format_time(found->held_ns), found->async->strategy.name, format_time(found->late_ns), follows);
}

// What to do to get the time of that cell.
std::string advice(const Cell& cell) {
  const bool each_line = cell.parameters.durability.kind == Durability::Kind::kLine;
  if (cell.strategy.name == "sync-buffered" && !each_line) {
    return fmt::format("Collect lines in a block of {} and write it yourself (sync-buffered)",
                       block_text(cell.parameters.value(kBufferSize)));
  }
  return fmt::format("Use {}", cell.strategy.name);
}

// The cheapest way among the subject, its ladder, the reference and sync-buffered, and what to take instead if the
// caller may not wait.
std::string recommendation(const Report& report, const Explanation& explanation) {
  const Cell* const subject = cell_of(report, explanation.subject);
  if (subject == nullptr || !ns_per_line(*subject)) return "";
  const Cell* cheapest = subject;
  for (const Cell& cell : report.cells) {
    const bool beside = !reports::is_control(cell) && cell.workload == subject->workload &&
                        cell.parameters.durability == subject->parameters.durability &&
                        cell.parameters.find("cpus") == nullptr && ns_per_line(cell);
    const bool simple =
        cell.strategy.name == "sync" || cell.strategy.name == "sync-buffered" || cell.strategy.name == "write-per-line";
    if (beside && simple && *ns_per_line(cell) < *ns_per_line(*cheapest)) cheapest = &cell;
  }
  std::string text;
  if (*ns_per_line(*subject) < 1.1 * *ns_per_line(*cheapest)) {
    text = fmt::format("Keep {}: no simpler way that was measured beside it writes these lines for much less.",
                       subject->strategy.name);
  } else {
    text = fmt::format("{}: {} a line instead of {}.", advice(*cheapest), format_time_per_line(*ns_per_line(*cheapest)),
                       format_time_per_line(*ns_per_line(*subject)));
  }
  if (const auto found = held(report, explanation.durable); found && frees_the_loop(*found)) {
    text += " If the caller may not wait for a slow file: double-buffered.";
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

std::string block_text(std::uint64_t bytes) {
  return bytes % 1024 == 0 ? fmt::format("{} KiB", bytes / 1024) : fmt::format("{} B", bytes);
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
