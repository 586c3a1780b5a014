#include "cli/commands/baselines.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/options/baseline_directory_option.hpp"
#include "cli/text/columns.hpp"
#include "cli/text/print.hpp"
#include "cli/text/terminal.hpp"
#include "cli/text/wrap.hpp"
#include "gate/baselines.hpp"
#include "gate/calibration.hpp"
#include "reports/read/read.hpp"

namespace writebench::cli {
namespace {

Column column_of(const char* title, int worth) {
  return {.title = title, .left = true, .cut = worth == Column::kAlways, .worth = worth, .fields = {}};
}

// The machine's description, in the room that the other columns leave; its middle is cut before it is left out.
void add_machines(std::vector<Column>& columns, const std::vector<std::string>& machines, const Terminal& terminal) {
  constexpr std::size_t kLeastRoom = 16;
  const std::size_t taken = width_of(columns, kColumnGap) + kColumnGap;
  if (terminal.columns < taken + kLeastRoom) return;
  Column column = column_of("machine", 0);
  for (const std::string& machine : machines) {
    column.fields.push_back(cut_in_the_middle(machine, terminal.columns - taken, terminal.unicode));
  }
  columns.push_back(std::move(column));
}

int list(const std::string& directory) {
  const gate::Baselines baselines(directory);
  const Terminal terminal = terminal_of(stdout);
  std::vector<Column> columns{column_of("name", Column::kAlways), column_of("taken", 3), column_of("cells", 2),
                              column_of("writebench", 1)};
  std::vector<std::string> machines;
  std::vector<std::string> unreadable;
  if (baselines.names().empty()) {
    const std::string none =
        fmt::format("no baselines in '{}': 'writebench --save-baseline NAME' saves one", directory);
    print_text(stdout, wrapped("", none, terminal.columns) + "\n");
  }
  for (const std::string& name : baselines.names()) {
    try {
      const reports::Report report = reports::read_report(baselines.path_of(name));
      columns[0].fields.push_back(name);
      columns[1].fields.push_back(printable(report.started_at));
      columns[2].fields.push_back(std::to_string(report.cells.size()));
      columns[3].fields.push_back(printable(report.build.version));
      machines.push_back(printable(gate::machine_of(report)) +
                         (report.complete ? "" : fmt::format(" ({})", reports::kIncomplete)));
    } catch (const reports::BadReport& bad) {
      unreadable.push_back(wrapped(name + "  ", bad.what(), terminal.columns));
    }
  }
  if (!machines.empty()) {
    columns = fitted(std::move(columns), terminal.columns, kColumnGap, terminal.unicode);
    add_machines(columns, machines, terminal);
    print_text(stdout, title_line(columns, kColumnGap) + "\n");
  }
  for (std::size_t row = 0; row < machines.size(); ++row) print_text(stdout, row_line(columns, row, kColumnGap) + "\n");
  for (const std::string& text : unreadable) print_text(stdout, text + "\n");
  if (const auto calibration = gate::read_calibration(baselines.calibration_path())) {
    const std::string text = fmt::format("calibrated on {} on {}", calibration->made_at, calibration->machine);
    print_text(stdout, wrapped("", text, terminal.columns) + "\n");
  }
  return 0;
}

}  // namespace

void declare_baselines(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("baselines", "the reports kept under a name");
  const auto directory = std::make_shared<std::string>(gate::kBaselineDirectory);
  declare_baseline_directory(*command, *directory, "where they are kept");
  command->callback([=, &action] { action = [=] { return list(*directory); }; });
}

}  // namespace writebench::cli
