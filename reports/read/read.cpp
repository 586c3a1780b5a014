#include "reports/read/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "reports/read/json_field.hpp"
#include "reports/read/json_load.hpp"
#include "reports/read/read_advice.hpp"
#include "reports/read/read_cell.hpp"
#include "reports/read/read_crash_test.hpp"
#include "reports/read/read_environment.hpp"
#include "reports/read/read_explanation.hpp"
#include "reports/read/read_sample.hpp"
#include "reports/read/upgrade.hpp"

namespace writebench::reports {
namespace {

using nlohmann::json;

// Distinguishes reports of other programs or versions from damaged ones. Returns the version.
std::uint64_t check_origin(const JsonValue& root, const Field& report, const std::string& path) {
  const auto schema =
      root.kind() == JsonValue::Kind::kObject ? report.find("writebench_schema") : std::optional<Field>();
  if (!schema) {
    throw BadReport(
        fmt::format("'{}' is not a report of writebench (it has no writebench_schema); name one that is", path));
  }
  const auto version = schema->whole<std::uint64_t>(1);
  if (version > kSchema) {
    throw BadReport(
        fmt::format("'{}' was written by a newer writebench (writebench_schema {}, this one reads up to {}): use "
                    "that one, or upgrade",
                    path, version, kSchema));
  }
  return version;
}

std::string read_started_at(const Field& field) {
  const std::string text = field.text();
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  const auto like = [](char form, char c) { return form == '0' ? c >= '0' && c <= '9' : form == c; };
  if (!std::equal(kForm.begin(), kForm.end(), text.begin(), text.end(), like)) {
    field.refuse("must be a time such as 2026-01-31T12:00:00Z, not " + field.shown());
  }
  return text;
}

engine::Plan read_plan(const Field& field) {
  engine::Plan plan;
  plan.warm_up_trials = field.at("warm_up_trials").whole<std::size_t>();
  plan.min_trials = field.at("min_trials").whole<std::size_t>(1);
  plan.max_trials = field.at("max_trials").whole<std::size_t>(1);
  plan.stall_trials = field.at("stall_trials").whole<std::size_t>();
  const auto max_stall_trials = field.find("max_stall_trials");
  plan.max_stall_trials = max_stall_trials ? max_stall_trials->whole<std::size_t>() : plan.stall_trials;
  plan.precision = field.at("precision").number_between(0, 1);
  plan.budget.reset();
  if (const auto ns = field.at("budget_ns").or_null(&Field::amount)) plan.budget = std::chrono::nanoseconds(*ns);
  plan.seed = field.at("seed").whole<std::uint64_t>();
  return plan;
}

// The samples of each cell, read while the text is parsed: a million of them as values of JSON would take gigabytes. A
// report of an earlier version is read again once it has the newest form, so an error waits until that is known.
class SamplesOnTheWay {
 public:
  void take(const JsonValue& element, std::size_t cell, std::size_t sample) {
    if (error_) return;
    const FieldOrigin origin{&element, [=] { return fmt::format("cells[{}].samples[{}]", cell, sample); }};
    try {
      if (++count_ > kMostSamples) {
        Field(element, origin).refuse(fmt::format("is one of more than {} trials", kMostSamples));
      }
      if (cell >= of_cells_.size()) of_cells_.resize(cell + 1);
      engine::Samples& samples = of_cells_[cell];
      // Growing moves what there is to fresh memory, which the kernel clears: four times as much each time does so
      // less often than a vector does by itself, and what is not used costs nothing.
      if (samples.size() == samples.capacity()) samples.reserve(std::max<std::size_t>(64, 4 * samples.size()));
      samples.push_back(read_sample(Field(element, origin)));
    } catch (const BadField& error) {
      error_ = error;
      of_cells_.clear();
    }
  }

  engine::Samples of_cell(std::size_t cell) {
    return cell < of_cells_.size() ? std::move(of_cells_[cell]) : engine::Samples();
  }

  void throw_error() const {
    if (error_) throw BadField(*error_);
  }

 private:
  std::vector<engine::Samples> of_cells_;
  std::size_t count_ = 0;
  std::optional<BadField> error_;
};

std::vector<engine::Cell> read_cells(const Field& field, const std::vector<OptionValue>& options, bool complete,
                                     SamplesOnTheWay& samples) {
  std::vector<engine::Cell> cells;
  std::set<std::string> ids;
  const std::vector<Field> items = field.items();
  if (items.empty()) field.refuse("must not be empty");
  if (items.size() > kMostCells) field.refuse(fmt::format("has more than {} cells", kMostCells));
  cells.reserve(items.size());
  for (const Field& item : items) {
    cells.push_back(read_cell(item, options, samples.of_cell(cells.size())));
    if (!ids.insert(cells.back().id).second) item.at("id").refuse("repeats the id of another cell");
    if (complete && !cells.back().status) item.at("status").refuse("is null in a report that says it is complete");
  }
  // A summary compares a cell with others, so all cells must have been read.
  for (std::size_t i = 0; i < items.size(); ++i) check_summary(items[i].at("summary"), cells[i], cells);
  return cells;
}

// The ranking follows from the cells and is computed again when it is needed, so only its form is checked.
void check_ranking(const Field& field) {
  for (const Field& group : field.items()) {
    group.at("order").word<Order>();
    group.at("layout").word<Layout>();
    for (const Field& place : group.at("cells").items()) {
      place.at("id").some_text();
      place.at("rank").whole<std::size_t>(1);
      for (const Field& id : place.at("tied_with").items()) id.some_text();
    }
  }
}

void check_harness(const Field& field) {
  field.at("ns_per_line").or_null(&Field::number);
  field.at("trial_overhead_ns").or_null(&Field::amount);
}

Pairing read_pairing(const Field& field) {
  Pairing pairing{field.at("id").some_text(), field.at("side").text()};
  if (pairing.side != "base" && pairing.side != "head") {
    field.at("side").refuse("must be base or head, not " + field.at("side").shown());
  }
  return pairing;
}

Report read_fields(const Field& field, SamplesOnTheWay& samples) {
  Report report;
  report.build = read_build(field.at("tool"));
  report.started_at = read_started_at(field.at("started_at"));
  for (const Field& word : field.at("command_line").items()) report.command_line.push_back(word.text());
  if (report.command_line.empty()) field.at("command_line").refuse("must not be empty");
  report.complete = field.at("complete").flag();
  if (const auto pairing = field.find("pairing")) report.pairing = read_pairing(*pairing);
  report.plan = read_plan(field.at("plan"));
  report.environment = read_environment(field.at("environment"));
  report.clock_read_ns = field.at("harness").at("clock_read_ns").number();
  if (const auto protocol = field.at("harness").find("protocol_ns"))
    report.protocol_ns = static_cast<double>(protocol->amount());
  report.cells = read_cells(field.at("cells"), read_options(field.at("options")), report.complete, samples);
  check_ranking(field.at("ranking"));
  check_harness(field.at("harness"));
  for (const Field& warning : field.at("warnings").items()) {
    report.warnings.push_back({warning.at("code").some_text(), warning.at("message").some_text()});
  }
  if (const auto explanation = field.find("explanation")) report.explanation = read_explanation(*explanation);
  if (const auto crash_test = field.find("crash_test")) report.crash_test = read_crash_test(*crash_test);
  if (const auto advice = field.find("advice")) report.advice = read_advice(*advice);
  return report;
}

// The report in the newest form.
std::string upgraded(const std::string& text, const std::string& path) {
  json report = parse_json(text, path);
  upgrade(report);
  return report.dump();
}

}  // namespace

Report read_report(const std::string& path) { return parse_report(load_text(path), path); }

Report parse_report(const std::string& text, const std::string& path) {
  SamplesOnTheWay samples;
  const JsonDocument document = parse_document(text, path, [&](const auto&... element) { samples.take(element...); });
  const FieldOrigin origin{&document.root()};
  const Field root(document.root(), origin);
  try {
    if (check_origin(document.root(), root, path) < kSchema) return parse_report(upgraded(text, path), path);
    samples.throw_error();
    return read_fields(root, samples);
  } catch (const BadField& error) {
    throw BadReport(
        fmt::format("'{}' cannot be relied on: {}; was it edited? Use it as it was written, or measure "
                    "again",
                    path, error.what()));
  }
}

}  // namespace writebench::reports
