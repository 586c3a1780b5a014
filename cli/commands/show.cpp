#include "cli/commands/show.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/csv_table.hpp"
#include "cli/text/markdown.hpp"
#include "cli/text/table.hpp"
#include "reports/read/read.hpp"

namespace writebench::cli {
namespace {

struct Typed {
  std::string report;
  std::string sort = "time";
  std::string format = "table";
};

const SortKey& sort_of(const std::string& name) {
  std::vector<std::string> names;
  for (const SortKey& key : sort_keys()) {
    if (key.name == name) return key;
    names.emplace_back(key.name);
  }
  throw UsageError(fmt::format("--sort '{}' is none that we know{}", name, one_of(name, names)));
}

std::string text_of(const reports::Report& report, const SortKey& sort, const std::string& format) {
  if (format == "table") return render_table(report, terminal_of(stdout), sort);
  if (format == "markdown") return render_markdown(report, sort);
  if (format == "csv") return render_csv(report, sort);
  throw UsageError(
      fmt::format("--format '{}' is none that we know{}", format, one_of(format, {"table", "markdown", "csv"})));
}

}  // namespace

void declare_show(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("show", "the table of a report");
  const auto typed = std::make_shared<Typed>();
  command->add_option("REPORT", typed->report, "the file that a run wrote")->type_name("")->required();
  command
      ->add_option("--sort", typed->sort,
                   "within what is ranked together: time, name,\nstrategy (as listed), stall (p99.9), cpu,\n"
                   "write-syscalls, peak-rss [time]")
      ->type_name("BY");
  command->add_option("--format", typed->format, "table, markdown or csv [table]")->type_name("FORM");
  command->callback([typed, &action] {
    action = [typed] {
      const SortKey& sort = sort_of(typed->sort);
      const std::string text = text_of(reports::read_report(typed->report), sort, typed->format);
      std::fwrite(text.data(), 1, text.size(), stdout);
      return 0;
    };
  });
}

}  // namespace writebench::cli
