#include "reports/export/csv.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/trial/sample_fields.hpp"
#include "reports/json.hpp"
#include "reports/unicode.hpp"

namespace writebench::reports {
namespace {

// Whoever prints the file shows it to a terminal as it is, so what a terminal could obey is escaped; not the ends of
// lines.
std::string quoted(const std::string& raw) {
  const std::string value = printable(raw, true);
  if (value.find_first_of(",\"\r\n") == value.npos) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  quoted += '"';
  return quoted;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

void add_interval(CsvRow& row, const std::string& name, const std::string& unit, const Estimate& estimate) {
  const bool known = estimate.ci95.has_value();
  row.push_back({name + "_ci95_low" + unit, known ? csv_number(estimate.ci95->low) : ""});
  row.push_back({name + "_ci95_high" + unit, known ? csv_number(estimate.ci95->high) : ""});
}

}  // namespace

std::string to_csv(const std::vector<CsvRow>& rows) {
  std::vector<std::string> columns;
  for (const CsvRow& row : rows) {
    auto next = columns.begin();  // a new column goes where its row has it
    for (const CsvField& field : row) {
      auto found = std::find(columns.begin(), columns.end(), field.column);
      if (found == columns.end()) found = columns.insert(next, field.column);
      next = found + 1;
    }
  }
  std::string text;
  const auto end_line = [&] { text.replace(text.size() - 1, 1, "\r\n"); };
  if (columns.empty()) return text;
  for (const std::string& column : columns) text += quoted(column) + ',';
  end_line();
  for (const CsvRow& row : rows) {
    for (const std::string& column : columns) {
      const auto field = std::find_if(row.begin(), row.end(), [&](const auto& own) { return own.column == column; });
      if (field != row.end()) text += quoted(field->value);
      text += ',';
    }
    end_line();
  }
  return text;
}

std::string csv_number(double value) { return fmt::format("{}", value); }

CsvRow csv_of(const engine::Cell& cell) {
  const Parameters& parameters = cell.parameters;
  const engine::Workload& work = cell.workload;
  const Contract& contract = cell.strategy.contract;
  const double rate = work.pace.lines_per_second;
  CsvRow row{{"id", cell.id},
             {"strategy", cell.strategy.name},
             {"family", cell.strategy.family},
             {"role", std::string(to_string(cell.strategy.role))},
             {"twin_of", cell.twin_of},
             {"order", contract.order == Order::kNothing ? "" : std::string(to_string(contract.order))},
             {"layout", std::string(to_string(contract.layout))},
             {"durability", to_string(parameters.durability)},
             {"lines", csv_number(parameters.lines)},
             {"asked_lines", csv_number(cell.asked_lines)},
             {"bytes", csv_number(cell.bytes)}};
  for (const OptionValue& option : parameters.options) {
    row.push_back({option.key, option.kind == Option::Kind::kWord ? option.word : csv_number(option.number)});
  }
  for (CsvField& field : CsvRow{{"lines_kind", work.lines_kind},
                                {"line_content", work.random_bytes ? "random" : ""},
                                {"min_line_bytes", csv_number(work.min_line_bytes)},
                                {"max_line_bytes", csv_number(work.max_line_bytes)},
                                {"input", work.input.value_or("")},
                                {"think_ns", csv_number(work.pace.think.count())},
                                {"due_lines_per_second", rate > 0 ? csv_number(rate) : ""},
                                {"burst_lines", csv_number(work.pace.burst_lines)},
                                {"file_state", std::string(to_string(work.file_state))},
                                {"preallocation", std::string(to_string(work.preallocation))},
                                {"caches", work.cold_caches ? "cold" : ""},
                                {"status", cell.status ? std::string(to_string(*cell.status)) : ""},
                                {"status_detail", cell.status_detail}}) {
    row.push_back(std::move(field));
  }
  return row;
}

CsvRow csv_of(const Summary* summary) {
  if (summary == nullptr) {
    const Summary none;
    CsvRow row = csv_of(&none);
    for (CsvField& field : row) field.value.clear();
    return row;
  }
  CsvRow row{{"trials", csv_number(summary->trials)},
             {"disturbed_trials", csv_number(summary->disturbed_trials)},
             {"time_median_ns", csv_number(summary->time_ns.median)},
             {"time_mad_ns", csv_number(summary->mad_ns)},
             {"time_min_ns", csv_number(summary->min_ns)},
             {"time_max_ns", csv_number(summary->max_ns)}};
  add_interval(row, "time", "_ns", summary->time_ns);
  row.push_back({"ns_per_line", csv_number(summary->ns_per_line)});
  row.push_back({"lines_per_second", csv_number(summary->lines_per_second)});
  row.push_back({"bytes_per_second", csv_number(summary->bytes_per_second)});
  const auto& ratio = summary->ratio_to_reference;
  row.push_back({"ratio_to_reference", ratio ? csv_number(ratio->median) : ""});
  add_interval(row, "ratio_to_reference", "", ratio ? *ratio : Estimate());
  row.push_back({"fraction_of_ceiling", csv_number(summary->fraction_of_ceiling)});
  return row;
}

CsvRow csv_of(const std::string& name, const engine::Distribution& distribution) {
  const bool known = distribution.count > 0;
  return {{name + "_p50_ns", csv_number(distribution.percentile_ns(0.5))},
          {name + "_p90_ns", csv_number(distribution.percentile_ns(0.9))},
          {name + "_p99_ns", csv_number(distribution.percentile_ns(0.99))},
          {name + "_p999_ns", csv_number(distribution.percentile_ns(0.999))},
          {name + "_max_ns", known ? csv_number(distribution.max_ns) : ""},
          {name + "_count", known ? csv_number(distribution.count) : ""}};
}

CsvRow csv_of(const engine::Sample& sample) {
  CsvRow row{{"round", csv_number(sample.round)}, {"position", csv_number(sample.position)}};
  for (const engine::SampleField& field : engine::sample_fields()) {
    if (field.reported == engine::Reported::kNever) continue;
    row.push_back({std::string(field.name), csv_number(field.of(sample))});
  }
  row.push_back({"injected_slow_down", csv_number(sample.injected_slow_down)});
  row.push_back({"order_unproven", sample.order_unproven ? "true" : "false"});
  row.push_back({"copy_refused", sample.copy_refused ? "true" : "false"});
  const auto& slow = sample.interference.slow_down;
  row.push_back({"slowed_from_bytes", slow ? csv_number(slow->from_bytes) : ""});
  row.push_back({"slowed_from_ns", slow ? csv_number(slow->from_ns) : ""});
  row.push_back({"slowed_to_share", slow ? csv_number(slow->to_share) : ""});
  row.push_back({"disturbances", joined(sample.disturbances)});
  return row;
}

}  // namespace writebench::reports
