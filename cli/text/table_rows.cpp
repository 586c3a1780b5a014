#include "cli/text/table_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "cli/text/columns.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/verdict_sentence.hpp"
#include "engine/lines/input_file.hpp"
#include "engine/statistics.hpp"
#include "reports/json.hpp"
#include "reports/pairs.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;

std::string heading_of(const reports::Group& group) {
  if (group.control) return "controls";
  if (group.cut) return "on a fraction of the lines: not ranked";
  if (group.contract.layout == Layout::kFilePerWriter) return "each writer's lines in order, file per writer";
  switch (group.contract.order) {
    case Order::kNothing: return "writes nothing";
    case Order::kRepeated: return "the first block again and again";
    case Order::kNone: return "whole lines in any order";
    case Order::kPerWriter: return "each writer's lines in order";
    case Order::kGlobal: return "all lines in order";
  }
  return "";
}

std::string percent(double share) { return share < 9.995 ? fmt::format("{:.0f}%", 100 * share) : ">10x"; }

constexpr const char* kAboveCeiling = "above";
constexpr char kOtherTrials = '*';
constexpr const char* kDoubtful = "~";

// Close to the reference and tied with it.
bool is_equal(const Cell& cell, const reports::Summary& summary, const Cell& reference) {
  const double ratio = summary.ratio_to_reference->median;
  return ratio > 0.9 && ratio < 1.1 && reports::compare(cell, reference) == reports::PairVerdict::kTied;
}

std::string ratio_text(const Cell& cell, const reports::Summary& summary, const Cell& reference) {
  if (&cell == &reference) return "reference";
  std::string text;
  if (is_equal(cell, summary, reference)) {
    text = "equal";
  } else {
    const bool tied = reports::compare(cell, reference) == reports::PairVerdict::kTied;
    text = (tied ? kDoubtful : "") + format_ratio(summary.ratio_to_reference->median);
  }
  const bool other_trials = reports::paired_ratios(cell, reference).size() < summary.trials;
  return other_trials ? text + kOtherTrials : text;
}

// In the terms of ratio_text(): a factor of how much slower or faster, or a change around the reference.
std::string interval_text(const Cell& cell, const reports::Summary& summary, const Cell& reference) {
  const auto& interval = summary.ratio_to_reference->ci95;
  if (!interval) return kNothing;
  const double low = interval->low;
  const double high = interval->high;
  if (is_equal(cell, summary, reference) || (low < 1 && high > 1) || low <= 0) {
    return fmt::format("{:+.0f}% to {:+.0f}%", 100 * (low - 1), 100 * (high - 1));
  }
  const auto [from, to] = low >= 1 ? std::pair(low, high) : std::pair(1 / high, 1 / low);
  return fmt::format("{} to {}", format_times(from), format_times(to));
}

// The rounds of bulk may be fewer than the row's trials, as those of the reference may.
std::string ceiling_text(const Cell& cell, const reports::Summary& summary, const Cell& ceiling) {
  const double share = *summary.fraction_of_ceiling;
  const std::string text = share < 1.005 ? percent(share) : kAboveCeiling;
  return reports::paired_ratios(ceiling, cell).size() < summary.trials ? text + kOtherTrials : text;
}

// At a pace, these come first.
const std::vector<Field> kPacedFields{{"stall p99", Column::kAlways}, {"loop lag p99", 95}, {"processor", 97}};

std::vector<std::string> paced_fields_of(const Cell& cell) {
  const auto time_or_nothing = [](const std::optional<double>& ns) { return ns ? format_time(*ns) : kNothing; };
  const auto share = reports::processor_share(cell);
  return {time_or_nothing(cell.caller_stall.percentile_ns(0.99)), time_or_nothing(cell.loop_lag.percentile_ns(0.99)),
          share ? format_percent(*share) : kNothing};
}

const std::vector<Field> kFields{{"time", Column::kAlways}, {"per line", 70}, {"lines/s", 10},
                                 {"bytes/s", 20},           {"vs sync", 80},  {"95% of that", 40, 100},
                                 {"ceiling", 60},           {"trials", 50},   {"spread", 30}};
constexpr std::size_t kPerLine = 1;

std::vector<std::string> fields_of(const Cell& cell, const reports::Summary& summary, const std::vector<Cell>& cells,
                                   bool unicode) {
  const Cell* const reference = reports::cell_of(reports::kReference, cell, cells);
  const Cell* const ceiling = reports::ceiling_of(cell, cells);
  const double time = std::max(summary.time_ns.median, 1.0);
  const bool writes = cell.strategy.contract.order != Order::kNothing;
  const bool compared = reference != nullptr && !reports::has_rate(cell);
  const bool ratio = compared && (reference == &cell || summary.ratio_to_reference);
  return {cell.asked_lines ? kNothing : format_time(time),
          summary.ns_per_line ? format_time_per_line(*summary.ns_per_line) : kNothing,
          format_number(summary.lines_per_second),
          writes ? format_bytes(summary.bytes_per_second) + "/s" : kNothing,
          ratio ? ratio_text(cell, summary, *reference) : kNothing,
          ratio && reference != &cell ? interval_text(cell, summary, *reference) : kNothing,
          writes && summary.fraction_of_ceiling ? ceiling_text(cell, summary, *ceiling) : kNothing,
          std::to_string(summary.trials),
          summary.trials < 2 ? kNothing : (unicode ? "±" : "+-") + percent(summary.mad_ns / time)};
}

// What a cell was asked to write, apart from how.
std::string work_of(const Cell& cell) {
  const engine::Workload& work = cell.workload;
  std::string text = fmt::format("{} lines", cell.asked_lines.value_or(cell.parameters.lines));
  if (work.input) text += " of " + engine::input_name(*work.input);
  if (work.min_line_bytes == work.max_line_bytes) {
    if (work.min_line_bytes)
      text += fmt::format(" of {} byte{}", *work.min_line_bytes, *work.min_line_bytes == 1 ? "" : "s");
  } else {
    text += fmt::format(" of {} to {} bytes", work.min_line_bytes.value_or(0), work.max_line_bytes.value_or(0));
  }
  if (work.random_bytes) text += ", random";
  if (!cell.asked_lines) text += fmt::format(", {} bytes", cell.bytes);
  text += fmt::format(", durability {}", reports::to_string(cell.parameters.durability));
  if (work.pace.think.count() > 0) text += ", think " + format_time(static_cast<double>(work.pace.think.count()));
  if (work.pace.lines_per_second > 0) text += fmt::format(", {} lines/s", format_number(work.pace.lines_per_second));
  if (work.pace.burst_lines > 1) text += fmt::format(" in bursts of {}", work.pace.burst_lines);
  if (work.file_state != engine::FileState::kNew) text += fmt::format(", file {}", engine::to_string(work.file_state));
  if (work.preallocation != engine::Preallocation::kNone) {
    text += fmt::format(", preallocated ({})", engine::to_string(work.preallocation));
  }
  if (work.cold_caches) text += ", caches cold";
  return text;
}

bool any_paced(const reports::Report& report) {
  return std::any_of(report.cells.begin(), report.cells.end(), reports::has_rate);
}

bool one_work(const reports::Report& report) {
  return std::all_of(report.cells.begin(), report.cells.end(), [&](const Cell& cell) {
    return engine::same_work(engine::as_asked(cell), engine::as_asked(report.cells.front()));
  });
}

// The first cell that ran on all lines, if there is one: only such a cell knows their bytes.
const Cell& typical(const reports::Report& report) {
  const auto whole =
      std::find_if(report.cells.begin(), report.cells.end(), [](const Cell& cell) { return !cell.asked_lines; });
  return whole == report.cells.end() ? report.cells.front() : *whole;
}

std::string title(const reports::Report& report) {
  if (report.cells.empty()) return "nothing was run";
  const engine::Environment& environment = report.environment;
  const bool quota = environment.effective_cpus() < environment.cpus;
  return fmt::format("{}; {} on {}, {}{} processor{}{}",
                     one_work(report) ? work_of(typical(report)) : "several workloads", environment.file_system,
                     environment.kernel, quota ? fmt::format("{:.3g} of ", environment.effective_cpus()) : "",
                     environment.cpus, environment.cpus == 1 ? "" : "s",
                     report.complete ? std::string() : fmt::format("; {}", reports::kIncomplete));
}

// So many that whoever reads the table looks for families. A sweep of few strategies may have as many rows.
bool has_many_strategies(const reports::Report& report) {
  constexpr std::size_t kMany = 20;
  std::set<std::string_view> names;
  for (const Cell& cell : report.cells) names.insert(cell.strategy.name);
  return names.size() >= kMany;
}

// Brings the rows of each family together, in the order of their first rows.
void group_by_family(std::vector<Row>& rows) {
  std::vector<std::string> families;
  const auto place = [&](const Row& row) {
    const auto found = std::find(families.begin(), families.end(), row.cell->strategy.family);
    return found - families.begin();
  };
  for (const Row& row : rows) {
    if (place(row) == std::ssize(families)) families.push_back(row.cell->strategy.family);
  }
  if (families.size() < 2) return;
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return place(a) < place(b); });
  std::ptrdiff_t last = -1;
  for (Row& row : rows) {
    if (place(row) != last) row.family_heading = row.cell->strategy.family;
    last = place(row);
  }
}

Section section_of(const reports::Group& group, const reports::Report& report, const SortKey& sort, bool unicode) {
  Section section{heading_of(group), {}};
  for (const reports::Ranked& ranked : group.cells) {
    const Cell& cell = report.cells[ranked.cell];
    const auto summary = reports::summarise(cell, report.cells);
    const Cell* const reference = reports::cell_of(reports::kReference, cell, report.cells);
    Row row{&cell,       *summary,     !group.paced && reference == &cell,
            group.paced, std::nullopt, fields_of(cell, *summary, report.cells, unicode)};
    if (group.ranked()) row.ranked = ranked;
    if (!sort.title.empty()) row.fields.insert(row.fields.begin() + 1, shown(sort, cell));
    if (any_paced(report)) {
      std::vector<std::string> first = paced_fields_of(cell);
      row.fields.insert(row.fields.begin(), first.begin(), first.end());
    }
    section.rows.push_back(std::move(row));
  }
  std::stable_sort(section.rows.begin(), section.rows.end(),
                   [&](const Row& a, const Row& b) { return sort.before(*a.cell, *b.cell); });
  if (has_many_strategies(report) && sort.name == sort_by_time().name && !group.control) group_by_family(section.rows);
  return section;
}

std::vector<Row*> rows_of(TableRows& table) {
  std::vector<Row*> rows;
  for (Section& section : table.sections) {
    for (Row& row : section.rows) rows.push_back(&row);
  }
  return rows;
}

void leave_out_empty_fields(TableRows& table) {
  const std::vector<Row*> rows = rows_of(table);
  for (std::size_t i = table.fields.size(); i-- > 0 && !rows.empty();) {
    if (std::any_of(rows.begin(), rows.end(), [i](const Row* row) { return row->fields[i] != kNothing; })) continue;
    table.fields.erase(table.fields.begin() + static_cast<std::ptrdiff_t>(i));
    for (Row* row : rows) row->fields.erase(row->fields.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

// What the marks mean that stand in the fields.
std::vector<std::string> legend(TableRows& table) {
  bool above = false;
  bool other_trials = false;
  bool other_rounds = false;
  bool doubtful = false;
  for (const Row* row : rows_of(table)) {
    for (const std::string& field : row->fields) {
      const bool of_ceiling = field.starts_with(kAboveCeiling) || field.ends_with(std::string("%") + kOtherTrials);
      above = above || field.starts_with(kAboveCeiling);
      other_trials = other_trials || (!of_ceiling && field.ends_with(kOtherTrials));
      other_rounds = other_rounds || (of_ceiling && field.ends_with(kOtherTrials));
      doubtful = doubtful || field.starts_with(kDoubtful);
    }
  }
  std::vector<std::string> notes;
  if (doubtful) notes.push_back(fmt::format("{} within the noise: not beyond doubt.", kDoubtful));
  if (other_trials) {
    notes.push_back(
        fmt::format("{} The time is from all trials of the row, the ratio from those in rounds that sync ran in "
                    "too.",
                    kOtherTrials));
  }
  if (other_rounds) {
    notes.push_back(fmt::format("{} at the ceiling: it is from the rounds that bulk ran in too.", kOtherTrials));
  }
  if (above) notes.push_back("above: faster than bulk, so bulk was not the ceiling in this run.");
  return notes;
}

// What the times of external programs leave out and hold.
std::vector<std::string> notes_on_programs(const reports::Report& report) {
  std::string started;
  for (const Cell& cell : report.cells) {
    if (cell.strategy.command.empty() || cell.status != engine::Outcome::kOk) continue;
    std::vector<double> start_ns;
    for (const engine::Sample& sample : cell.samples) {
      if (sample.start_ns && sample.prepare_ns) {
        start_ns.push_back(static_cast<double>(*sample.start_ns + *sample.prepare_ns));
      }
    }
    if (start_ns.empty()) continue;
    started += fmt::format("{}{} was ready after {}", started.empty() ? "" : ", ", cell.id,
                           format_time(engine::median(std::move(start_ns))));
  }
  if (started.empty()) return {};
  std::string note = started + ", outside the clock.";
  if (report.protocol_ns) {
    note += fmt::format(" Of the time of an external program, the protocol takes about {}.",
                        format_time(*report.protocol_ns));
  }
  return {note};
}

// What the pace makes of the times, and which cells do not keep it.
std::vector<std::string> notes_on_pace(const reports::Report& report) {
  std::vector<std::string> notes;
  for (const Cell& cell : report.cells) {
    if (!reports::falls_behind(cell) || cell.status != engine::Outcome::kOk) continue;
    const auto summary = reports::summarise(cell, report.cells);
    notes.push_back(fmt::format("{} did not keep up: {} of {} lines/s.", cell.id,
                                format_number(summary->lines_per_second),
                                format_number(cell.workload.pace.lines_per_second)));
  }
  if (!any_paced(report)) return notes;
  notes.push_back(
      "At a rate the pace fixes the time, which is therefore not ranked; rows come by their stalls. "
      "processor: processor time as a share of the elapsed time, without that of waiting for lines.");
  return notes;
}

}  // namespace

TableRows table_rows(const reports::Report& report, const SortKey& sort, bool unicode) {
  TableRows rows;
  rows.title = title(report);
  rows.fields = kFields;
  const auto cut = [](const Cell& cell) { return cell.asked_lines.has_value(); };
  if (std::any_of(report.cells.begin(), report.cells.end(), cut)) rows.fields[kPerLine].worth = Column::kAlways;
  if (!sort.title.empty()) {
    rows.fields.insert(rows.fields.begin() + 1, {.title = std::string(sort.title), .worth = Column::kAlways});
  }
  if (any_paced(report)) {
    const bool all = std::all_of(report.cells.begin(), report.cells.end(), reports::has_rate);
    if (all) rows.fields.front().worth = 85;
    rows.fields.insert(rows.fields.begin(), kPacedFields.begin(), kPacedFields.end());
  }
  const bool several = !report.cells.empty() && !one_work(report);
  for (const reports::Group& group : reports::rank(report.cells)) {
    rows.sections.push_back(section_of(group, report, sort, unicode));
    if (several) rows.sections.back().heading += ": " + work_of(report.cells[group.cells.front().cell]);
  }
  for (const Cell& cell : report.cells) {
    if (cell.status != engine::Outcome::kOk) rows.without_time.push_back(&cell);
  }
  leave_out_empty_fields(rows);
  rows.legend = legend(rows);
  rows.verdicts = notes_on_pace(report);
  for (std::string& note : notes_on_programs(report)) rows.verdicts.push_back(std::move(note));
  if (several) return rows;
  for (std::string& sentence : verdicts(report)) rows.verdicts.push_back(std::move(sentence));
  return rows;
}

std::string rank_text(const Row& row) {
  return row.ranked ? fmt::format("{}{}", row.ranked->rank, row.ranked->tied_with.empty() ? "" : "=") : "";
}

std::string status_text(const Cell& cell) {
  const std::string status(cell.status ? engine::to_string(*cell.status) : "not run");
  return cell.status_detail.empty() ? status : status + ": " + cell.status_detail;
}

}  // namespace writebench::cli
