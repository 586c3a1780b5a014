#include "cli/commands/export.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "cli/options/exit_status.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/output_file.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/notes.hpp"
#include "cli/text/print.hpp"
#include "cli/text/table_rows.hpp"
#include "cli/text/terminal.hpp"
#include "reports/atomic_file.hpp"
#include "reports/export/export.hpp"
#include "reports/read/read.hpp"

namespace writebench::cli {
namespace {

struct TypedExport {
  std::string report;
  std::string format;
  std::string out = std::string(kStandardOutput);
  bool force = false;
  reports::Selection cells;
};

std::string format_help() {
  std::string help;
  for (const reports::ExportFormat& format : reports::export_formats()) {
    help += fmt::format("{}{}: {}", help.empty() ? "" : "\n", format.name, format.reader);
  }
  return help;
}

std::vector<std::string> format_words() {
  std::vector<std::string> names;
  for (const reports::ExportFormat& format : reports::export_formats()) names.emplace_back(format.name);
  return names;
}

const reports::ExportFormat& format_of(const std::string& name) {
  return reports::export_formats()[parse_word("--format", name, format_words())];
}

// Where the file goes; empty: stdout.
std::string place_for(const TypedExport& typed) {
  if (typed.out == kStandardOutput) return "";
  if (typed.out == kNoFile) throw UsageError("--out 'none' leaves nothing to do; '-' is stdout");
  refuse_input("--out", typed.out, {typed.report});
  return output_file("--out", typed.out, typed.force);
}

// The strategies must be in the report.
void check_selection(const reports::Selection& selection, const reports::Report& report) {
  std::vector<std::string> known;
  for (const engine::Cell& cell : report.cells) {
    if (std::find(known.begin(), known.end(), cell.strategy.name) == known.end()) known.push_back(cell.strategy.name);
  }
  for (const std::string& name : selection.strategies) parse_word("--strategy", name, known);
}

// What the file lacks. Not every form can say so itself.
void name_left_out(const reports::Report& report, const reports::Selection& selection) {
  if (!report.complete) print_text(stderr, fmt::format("writebench: the report is {}\n", reports::kIncomplete));
  for (const engine::Cell& cell : report.cells) {
    if (cell.status == engine::Outcome::kOk || !reports::selects(selection, cell)) continue;
    print_text(stderr, on_one_line(fmt::format("writebench: {} is left out: {}", cell.id, status_text(cell))));
  }
}

// Whether a strategy that is to be exported was measured. The controls are a result only of a report without others.
bool has_results(const reports::Report& report, const reports::Selection& selection) {
  const auto names = [&](const reports::Selection& selected) {
    std::vector<std::string> found;
    for (const engine::Cell& cell : report.cells) {
      if (reports::selects(selected, cell)) found.push_back(cell.strategy.name);
    }
    return found;
  };
  const std::vector<std::string> others = names({.strategies = selection.strategies, .controls = false});
  return measured_something(report, others.empty() ? names(selection) : others);
}

// Says that there is nothing to export: an error if that is because of failures, else a request that cannot be met.
[[noreturn]] void refuse(const TypedExport& typed, const reports::Report& report) {
  const std::string message = fmt::format(
      "'{}' has no strategy with a time, so there is nothing to export; {}", typed.report,
      has_results(report, {.strategies = {}, .controls = true}) ? "--controls exports the controls" : "measure again");
  const bool failed = std::any_of(report.cells.begin(), report.cells.end(), [&](const engine::Cell& cell) {
    return reports::selects(typed.cells, cell) && cell.status && cell.status != engine::Outcome::kOk &&
           cell.status != engine::Outcome::kUnavailable;
  });
  if (failed) throw std::runtime_error(message);
  throw UsageError(message);
}

int export_report(const TypedExport& typed) {
  const reports::ExportFormat& format = format_of(typed.format);
  const std::string place = place_for(typed);
  if (typed.force && place.empty()) print_notes({"--force has no effect without a file of --out"});
  const reports::Report report = reports::read_report(typed.report);
  check_selection(typed.cells, report);
  const std::vector<reports::Measured> cells = reports::measured(report, typed.cells);
  name_left_out(report, typed.cells);
  if (cells.empty() || !has_results(report, typed.cells)) refuse(typed, report);
  const std::string text = format.text(report, cells);
  if (!place.empty()) {
    reports::replace_atomically(place, text, {.replace = typed.force});
  } else {
    print_document(stdout, text);
  }
  return 0;
}

}  // namespace

void declare_export(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("export", "a report in the form that another tool reads");
  const auto typed = std::make_shared<TypedExport>();
  command->add_option("REPORT", typed->report, "the file that a run wrote; '-' is stdin")
      ->check(offers(Offer::Kind::kReports))
      ->type_name("")
      ->required();
  command->add_option("--format", typed->format, format_help())
      ->check(offers_words(format_words()))
      ->type_name("FORM")
      ->required();
  command->add_option("-o,--out", typed->out, "a new file, or '-' for stdout")
      ->check(offers(Offer::Kind::kFiles))
      ->type_name("FILE");
  command->add_flag("--force", typed->force, "replace that file");
  command->add_option("-s,--strategy", typed->cells.strategies, "only these, by commas [all but the controls]")
      ->delimiter(',')
      ->check(offers({.kind = Offer::Kind::kStrategies, .list = true}))
      ->type_name("NAME,..");
  command->add_flag("--controls", typed->cells.controls, "the controls too, such as null and bulk");
  command->callback([typed, &action] { action = [typed] { return export_report(*typed); }; });
}

}  // namespace writebench::cli
