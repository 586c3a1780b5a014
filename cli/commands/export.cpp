#include "cli/commands/export.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/table_rows.hpp"
#include "cli/text/terminal.hpp"
#include "reports/atomic_file.hpp"
#include "reports/export/export.hpp"
#include "reports/read/read.hpp"

namespace writebench::cli {
namespace {

namespace fs = std::filesystem;

struct Typed {
  std::string report;
  std::string format;
  std::optional<std::string> out;
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
  for (const reports::ExportFormat& format : reports::export_formats()) {
    if (format.name == name) return format;
    names.emplace_back(format.name);
  }
  throw UsageError(fmt::format("--format '{}' is none that we know{}", name, one_of(name, names)));
}

// Where the file goes, following symbolic links; what stands there is only replaced where that was asked for.
std::string place_for(const Typed& typed) {
  const std::string& out = *typed.out;
  const auto refuse = [&](std::string_view reason) { throw UsageError(fmt::format("--out '{}' {}", out, reason)); };
  if (out.empty() || out.ends_with('/')) refuse("is no file name; give the file a name");
  std::error_code error;
  const fs::file_status there = fs::symlink_status(out, error);
  if (there.type() == fs::file_type::not_found) {
    const std::string directory = reports::directory_of(out);
    if (!fs::is_directory(directory, error)) {
      refuse(fmt::format("cannot be written: '{}' is no directory; create it first", directory));
    }
    return out;
  }
  if (!typed.force) refuse("exists; name another file, or add --force to replace it");
  const fs::path path = fs::canonical(out, error);
  if (error || !fs::is_regular_file(path, error)) refuse("is not a regular file; name another");
  if (fs::equivalent(path, typed.report, error)) refuse("is the report itself; name another file");
  return path.string();
}

// They are missing from the file, and nothing in it says so.
void name_left_out(const reports::Report& report) {
  for (const engine::Cell& cell : report.cells) {
    if (cell.status == engine::Outcome::kOk) continue;
    std::fputs(on_one_line(fmt::format("writebench: {} is left out: {}", cell.id, status_text(cell))).c_str(), stderr);
  }
}

int export_report(const Typed& typed) {
  const reports::ExportFormat& format = format_of(typed.format);
  if (typed.force && !typed.out) throw UsageError("--force replaces a file; name it with --out");
  const std::string place = typed.out ? place_for(typed) : "";
  const reports::Report report = reports::read_report(typed.report);
  const std::vector<reports::Measured> cells = reports::measured(report);
  name_left_out(report);
  if (cells.empty()) {
    throw std::runtime_error(
        fmt::format("'{}' has no strategy with a time, so there is nothing to export; measure again", typed.report));
  }
  const std::string text = format.text(report, cells);
  if (typed.out) {
    reports::replace_atomically(place, text, {.replace = typed.force});
  } else {
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  return 0;
}

}  // namespace

void declare_export(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("export", "a report in the form that another tool reads");
  const auto typed = std::make_shared<Typed>();
  command->add_option("REPORT", typed->report, "the file that a run wrote")->type_name("")->required();
  command->add_option("--format", typed->format, format_help())->type_name("FORM")->required();
  command->add_option("-o,--out", typed->out, "a new file [stdout]")->type_name("FILE");
  command->add_flag("--force", typed->force, "replace that file");
  command->callback([typed, &action] { action = [typed] { return export_report(*typed); }; });
}

}  // namespace writebench::cli
