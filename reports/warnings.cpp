#include "reports/warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/statistics.hpp"
#include "reports/pairs.hpp"

namespace writebench::reports {
namespace {

using engine::Cell;
using engine::Outcome;

constexpr double kShortNs = 200'000;       // a scheduler's hiccup or a page fault matters in a shorter trial
constexpr double kNoisyShare = 0.10;       // median deviation, as a share of the median
constexpr double kNearlyFullShare = 0.05;  // free space, as a share of the file system
constexpr double kHarnessShare = 1.0 / 3;  // the time of `null`, as a share of a row's
constexpr double kLoadPerProcessor = 0.7;
constexpr std::uint64_t kHostMemoryBytes = 512u << 20;  // smaller files find memory that the host has left
constexpr double kBlockingShare = 0.5;  // of the time until drained, in calls that are to return at once

bool measured(const Cell& cell) { return cell.status == Outcome::kOk && cell.strategy.name != kHarness; }

// The ids of the measured cells for which `holds` is true, separated by commas.
std::string ids_where(const Report& report, const std::function<bool(const Cell&, const Summary&)>& holds) {
  std::string ids;
  for (const Cell& cell : report.cells) {
    if (!measured(cell)) continue;
    const auto summary = summarise(cell, report.cells);
    if (summary && holds(cell, *summary)) ids += (ids.empty() ? "" : ", ") + cell.id;
  }
  return ids;
}

std::string build_warning(const Report& report) {
  const engine::Build& build = report.build;
  if (build.sanitizers.empty() && !build.assertions) return "";
  return fmt::format(
      "this is a {} build{}: its times say nothing about a release; configure with -DCMAKE_BUILD_TYPE=Release",
      build.type.empty() ? "debug" : build.type, build.sanitizers.empty() ? "" : " with sanitizers");
}

std::string memory_file_system_warning(const Report& report) {
  const auto& [file_system, syncing] = std::tie(report.environment.file_system, report.environment.syncing);
  const bool in_memory = syncing ? syncing->does_nothing : file_system == "tmpfs" || file_system == "ramfs";
  if (!in_memory) return "";
  return fmt::format(
      "{} is on {}, where syncing does nothing: this is the cost of memory; name a directory on a disk with --dir",
      report.environment.directory, file_system);
}

std::string full_disk_warning(const Report& report) {
  const auto& environment = report.environment;
  if (!environment.file_system_bytes || !environment.file_system_free_bytes) return "";
  const double free = static_cast<double>(*environment.file_system_free_bytes);
  const double share = free / std::max(1.0, static_cast<double>(*environment.file_system_bytes));
  if (share >= kNearlyFullShare) return "";
  return fmt::format(
      "the file system is nearly full ({:.1f}% free): allocating takes longer; free some, or name another with --dir",
      100 * share);
}

std::string governor_warning(const Report& report) {
  const auto& governor = report.environment.cpu_governor;
  if (!governor || *governor == "performance") return "";
  return fmt::format(
      "the processor's frequency follows the load (governor {}): short trials run slow; "
      "set it to performance while measuring",
      *governor);
}

std::string load_warning(const Report& report) {
  const auto& load = report.environment.load_average;
  if (!load || *load < kLoadPerProcessor * report.environment.cpus) return "";
  return fmt::format(
      "the machine was busy at the start (load average {:.1f}, {} processors): wait, or stop other programs", *load,
      report.environment.cpus);
}

std::string quota_warning(const Report& report) {
  const engine::Environment& environment = report.environment;
  if (environment.effective_cpus() >= environment.cpus) return "";
  std::size_t throttled = 0;
  std::size_t all = 0;
  for (const Cell& cell : report.cells) {
    all += cell.samples.size();
    throttled += static_cast<std::size_t>(
        std::count_if(cell.samples.begin(), cell.samples.end(),
                      [](const engine::Sample& sample) { return sample.interference.throttlings.value_or(0) > 0; }));
  }
  return fmt::format(
      "the control group allows {:.3g} of {} processors, and held {} of {} trials because that was used up: "
      "raise its quota, or read this as the speed of so small a machine",
      environment.effective_cpus(), environment.cpus, throttled, all);
}

std::string disturbed_warning(const Report& report) {
  std::map<std::string, std::size_t> causes;
  std::size_t disturbed = 0;
  std::size_t all = 0;
  for (const Cell& cell : report.cells) {
    for (const engine::Sample& sample : cell.samples) {
      ++all;
      disturbed += !sample.disturbances.empty();
      for (const std::string& cause : sample.disturbances) ++causes[cause];
    }
  }
  if (disturbed == 0) return "";
  std::string list;
  for (const auto& [cause, count] : causes) list += fmt::format("{}{} {}", list.empty() ? "" : ", ", cause, count);
  return fmt::format(
      "{} of {} trials were disturbed from outside ({}): they count, and the medians tolerate some of them; "
      "run again on a quieter machine to be sure",
      disturbed, all, list);
}

std::string throttled_warning(const Report& report) {
  std::int64_t from_bytes = INT64_MAX;
  std::string ids;
  for (const Cell& cell : report.cells) {
    bool throttled = false;
    for (const engine::Sample& sample : cell.samples) {
      if (const auto& bytes = sample.interference.throttled_from_bytes) {
        from_bytes = std::min(from_bytes, *bytes);
        throttled = true;
      }
    }
    if (throttled) ids += (ids.empty() ? "" : ", ") + cell.id;
  }
  if (ids.empty()) return "";
  return fmt::format(
      "the kernel held the writers because more memory was dirty than it allows: {}, the first after {:.1f} MB; "
      "from then on the device sets the pace",
      ids, static_cast<double>(from_bytes) / 1e6);
}

std::string slowed_warning(const Report& report) {
  std::string list;
  for (const Cell& cell : report.cells) {
    for (const engine::Sample& sample : cell.samples) {
      const auto& slow = sample.interference.slow_down;
      if (!slow) continue;
      list += fmt::format("{}{} to {:.0f}% of its pace after {:.0f} MB", list.empty() ? "" : ", ", cell.id,
                          100 * slow->to_share, static_cast<double>(slow->from_bytes) / 1e6);
      break;
    }
  }
  if (list.empty()) return "";
  return fmt::format(
      "the pace dropped during a trial: {}; from then on the device, or the supply of free pages, sets it, and the "
      "figures mix both parts",
      list);
}

std::string host_memory_warning(const Report& report) {
  if (!report.environment.host_takes_free_memory.value_or(false)) return "";
  const std::string ids =
      ids_where(report, [](const Cell& cell, const Summary&) { return cell.bytes >= kHostMemoryBytes; });
  if (ids.empty()) return "";
  return fmt::format(
      "the host of this virtual machine takes back memory that is free, and files as large as those of {} need it "
      "again: some trials take several times as long as others, whatever they measure; raise --budget for more trials",
      ids);
}

std::string short_warning(const Report& report) {
  const std::string ids =
      ids_where(report, [](const Cell&, const Summary& summary) { return summary.time_ns.median < kShortNs; });
  if (ids.empty()) return "";
  return fmt::format("a trial of {} is too short to time well (below {:.0f} us): raise --lines", ids, kShortNs / 1000);
}

std::string noise_warning(const Report& report) {
  const std::string ids = ids_where(report, [](const Cell&, const Summary& summary) {
    return summary.trials >= 3 && summary.mad_ns > kNoisyShare * summary.time_ns.median;
  });
  if (ids.empty()) return "";
  return fmt::format(
      "the trials of {} lie far apart (median deviation above {:.0f}%): look for what else runs, raise "
      "--budget or --lines",
      ids, 100 * kNoisyShare);
}

std::string harness_warning(const Report& report) {
  const std::string ids = ids_where(report, [&](const Cell& cell, const Summary& summary) {
    const Cell* const harness = is_control(cell) ? nullptr : cell_of(kHarness, cell, report.cells);
    const auto own_ns = harness == nullptr ? std::nullopt : walking_ns(*harness);
    return own_ns && *own_ns > kHarnessShare * summary.time_ns.median;
  });
  if (ids.empty()) return "";
  return fmt::format(
      "producing the lines takes more than a third of the time of {}, as `{}` shows: these rows differ by more than "
      "their ratios say; subtract the time of `{}` to see by how much, or use longer lines",
      ids, kHarness, kHarness);
}

std::string few_trials_warning(const Report& report) {
  if (!report.complete) return "";
  const std::string ids =
      ids_where(report, [&](const Cell&, const Summary& summary) { return summary.trials < report.plan.min_trials; });
  if (ids.empty()) return "";
  return fmt::format("the budget was too small for {} trials of {}: raise --budget or lower --lines",
                     report.plan.min_trials, ids);
}

std::string fewer_lines_warning(const Report& report) {
  std::string list;
  for (const Cell& cell : report.cells) {
    if (!cell.asked_lines) continue;
    list += fmt::format("{}{} on {} of {} lines ({})", list.empty() ? "" : ", ", cell.id, cell.parameters.lines,
                        *cell.asked_lines, engine::lines_fraction(cell));
  }
  if (list.empty()) return "";
  return fmt::format(
      "too slow for their share of the budget, these ran on a fraction of the lines: {}; their figures are per line, "
      "and "
      "they are not ranked; raise --budget, or run all lines with --trials",
      list);
}

std::string unproven_warning(const Report& report) {
  const std::string ids = ids_where(report, [](const Cell& cell, const Summary&) {
    return std::any_of(cell.samples.begin(), cell.samples.end(),
                       [](const engine::Sample& sample) { return sample.order_unproven; });
  });
  if (ids.empty()) return "";
  return fmt::format(
      "the files of {} hold exactly the right lines, but so many are equal that the order of each writer "
      "could not be decided: use lines that differ to prove it",
      ids);
}

std::string copy_warning(const Report& report) {
  const std::string ids = ids_where(report, [](const Cell& cell, const Summary&) {
    return std::any_of(cell.samples.begin(), cell.samples.end(),
                       [](const engine::Sample& sample) { return sample.copy_refused; });
  });
  if (ids.empty()) return "";
  return fmt::format(
      "the kernel refused to copy between the files of {} (copy_file_range), so the bytes were read and written: use "
      "--dir on another file system to see what it does with that call",
      ids);
}

// The median over the trials with a time.
template <class FigureOf>
std::optional<double> median_of(const Cell& cell, FigureOf figure_of) {
  std::vector<double> figures;
  for (const engine::Sample& sample : cell.samples) {
    const auto figure = sample.outcome == Outcome::kOk ? figure_of(sample) : std::nullopt;
    if (figure) figures.push_back(static_cast<double>(*figure));
  }
  return figures.empty() ? std::nullopt : std::optional(engine::median(std::move(figures)));
}

std::string space_warning(const Report& report) {
  std::string list;
  for (const Cell& cell : report.cells) {
    if (!cell.makes_space) continue;
    const auto prepare_ns = median_of(cell, [](const engine::Sample& sample) { return sample.prepare_ns; });
    if (prepare_ns) list += fmt::format("{}{} ({:.1f} ms)", list.empty() ? "" : ", ", cell.id, *prepare_ns / 1e6);
  }
  if (list.empty()) return "";
  return fmt::format("these made the space of their files before the clock started, and their times leave that out: {}",
                     list);
}

std::string submission_warning(const Report& report) {
  std::string list;
  for (const Cell& cell : report.cells) {
    const auto submitting_ns = median_of(cell, [](const engine::Sample& sample) { return sample.submission_ns; });
    const auto drained_ns = median_of(cell, [](const engine::Sample& sample) { return sample.drained_ns; });
    if (!submitting_ns || !drained_ns || *submitting_ns <= kBlockingShare * *drained_ns) continue;
    const auto workers = median_of(cell, [](const engine::Sample& sample) { return sample.kernel_workers; });
    list += fmt::format("{}{} {:.1f} of {:.1f} ms{}", list.empty() ? "" : ", ", cell.id, *submitting_ns / 1e6,
                        *drained_ns / 1e6, workers > 0 ? "" : ", with no thread of the kernel to help");
  }
  if (list.empty()) return "";
  return fmt::format(
      "calls that are to hand work over and return at once took more than half of the time: {}; there the interface "
      "is asynchronous by name only",
      list);
}

std::string kernel_workers_warning(const Report& report) {
  std::string list;
  for (const Cell& cell : report.cells) {
    const auto workers = median_of(cell, [](const engine::Sample& sample) { return sample.kernel_workers; });
    if (workers > 0) list += fmt::format("{}{} ({:.0f})", list.empty() ? "" : ", ", cell.id, *workers);
  }
  if (list.empty()) return "";
  return fmt::format(
      "the kernel used threads of its own for the writes of {}: they block there, and the processor time of these "
      "threads is in the figures",
      list);
}

std::string stall_warning(const Report& report) {
  if (!report.complete || report.plan.stall_trials == 0 || report.cells.empty()) return "";
  const std::string ids = ids_where(report, [](const Cell& cell, const Summary&) {
    const bool is_program = !cell.strategy.command.empty();  // may not time its appends
    return cell.parameters.lines > 0 && !is_control(cell) && !is_program && cell.caller_stall.count == 0;
  });
  if (ids.empty()) return "";
  return fmt::format("the budget was too small to time each append of {}: raise --budget or lower --lines", ids);
}

std::string claimed_durability_warning(const Report& report) {
  bool all_checked = true;
  const std::string ids = ids_where(report, [&](const Cell& cell, const Summary&) {
    if (cell.strategy.command.empty() || cell.parameters.durability.kind == Durability::Kind::kNone) return false;
    all_checked =
        all_checked && std::all_of(cell.samples.begin(), cell.samples.end(),
                                   [](const engine::Sample& sample) { return sample.unsynced_bytes.has_value(); });
    return true;
  });
  if (ids.empty()) return "";
  return fmt::format("that {} synced is the program's own claim: {}", ids,
                     all_checked ? "no byte of its files was left in the kernel's cache when it said `done`, but when "
                                   "each line got to the device was not seen"
                                 : "this kernel does not tell what is left in its cache, so nothing was checked");
}

struct Rule {
  std::string_view code;
  std::string (*message)(const Report&);  // empty if the warning does not apply
};

constexpr Rule kRules[] = {
    {"not-a-release-build", build_warning},
    {"memory-file-system", memory_file_system_warning},
    {"nearly-full-disk", full_disk_warning},
    {"frequency-scaling", governor_warning},
    {"busy-machine", load_warning},
    {"processor-quota", quota_warning},
    {"disturbed", disturbed_warning},
    {"throttled", throttled_warning},
    {"slowed", slowed_warning},
    {"host-takes-memory", host_memory_warning},
    {"too-short", short_warning},
    {"noisy", noise_warning},
    {"costly-lines", harness_warning},
    {"order-unproven", unproven_warning},
    {"copy-refused", copy_warning},
    {"space-beforehand", space_warning},
    {"submission-blocks", submission_warning},
    {"kernel-workers", kernel_workers_warning},
    {"fewer-lines", fewer_lines_warning},
    {"few-trials", few_trials_warning},
    {"no-stalls", stall_warning},
    {"claimed-durability", claimed_durability_warning},
};

}  // namespace

std::vector<std::string_view> warning_codes() {
  std::vector<std::string_view> codes;
  for (const Rule& rule : kRules) codes.push_back(rule.code);
  return codes;
}

std::vector<Warning> warnings_of(const Report& report) {
  std::vector<Warning> warnings;
  for (const Rule& rule : kRules) {
    if (std::string message = rule.message(report); !message.empty()) {
      warnings.push_back({std::string(rule.code), std::move(message)});
    }
  }
  return warnings;
}

}  // namespace writebench::reports
