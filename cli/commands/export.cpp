#include "cli/commands/export.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "cli/options/output_file.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/options/usage_error.hpp"
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
};

std::string format_help() {
  std::string help;
  for (const reports::ExportFormat& format : reports::export_formats()) {
    help += fmt::format("{}{}: {}", help.empty() ? "" : "\n", format.name, format.reader);
  }
  return help;
}

const reports::ExportFormat& format_of(const std::string& name) {
  std::vector<std::string> names;
  for (const reports::ExportFormat& format : reports::export_formats()) names.emplace_back(format.name);
  return reports::export_formats()[parse_word("--format", name, names)];
}

// Where the file goes; empty: stdout.
std::string place_for(const TypedExport& typed) {
  if (typed.out == kStandardOutput) return "";
  const std::string place = output_file("--out", typed.out, typed.force);
  std::error_code error;
  if (std::filesystem::equivalent(place, typed.report, error)) {
    throw UsageError(fmt::format("--out '{}' is the report itself; name another file", typed.out));
  }
  return place;
}

// They are missing from the file, and nothing in it says so.
void name_left_out(const reports::Report& report) {
  for (const engine::Cell& cell : report.cells) {
    if (cell.status == engine::Outcome::kOk) continue;
    std::fputs(on_one_line(fmt::format("writebench: {} is left out: {}", cell.id, status_text(cell))).c_str(), stderr);
  }
}

int export_report(const TypedExport& typed) {
  const reports::ExportFormat& format = format_of(typed.format);
  const std::string place = place_for(typed);
  if (typed.force && place.empty()) throw UsageError("--force replaces a file; name it with --out");
  const reports::Report report = reports::read_report(typed.report);
  const std::vector<reports::Measured> cells = reports::measured(report);
  name_left_out(report);
  if (cells.empty()) {
    throw std::runtime_error(
        fmt::format("'{}' has no strategy with a time, so there is nothing to export; measure again", typed.report));
  }
  const std::string text = format.text(report, cells);
  if (!place.empty()) {
    reports::replace_atomically(place, text, {.replace = typed.force});
  } else {
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  return 0;
}

}  // namespace

void declare_export(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("export", "a report in the form that another tool reads");
  const auto typed = std::make_shared<TypedExport>();
  command->add_option("REPORT", typed->report, "the file that a run wrote; '-' is stdin")->type_name("")->required();
  command->add_option("--format", typed->format, format_help())->type_name("FORM")->required();
  command->add_option("-o,--out", typed->out, "a new file, or '-' for stdout")->type_name("FILE");
  command->add_flag("--force", typed->force, "replace that file");
  command->callback([typed, &action] { action = [typed] { return export_report(*typed); }; });
}

}  // namespace writebench::cli
