#include "tests/fuzz/shown_report.hpp"

#include <stdexcept>

#include "advise/conclude.hpp"
#include "cli/text/advice_findings.hpp"
#include "cli/text/advice_text.hpp"
#include "cli/text/comparison_text.hpp"
#include "cli/text/csv_table.hpp"
#include "cli/text/explanation_text.hpp"
#include "cli/text/findings.hpp"
#include "cli/text/markdown.hpp"
#include "cli/text/sort.hpp"
#include "cli/text/table.hpp"
#include "explain/conclude.hpp"
#include "gate/calibration.hpp"
#include "gate/comparison.hpp"
#include "gate/comparison_json.hpp"
#include "gate/metric.hpp"
#include "reports/export/export.hpp"
#include "reports/json.hpp"
#include "reports/read/read.hpp"
#include "reports/warnings.hpp"
#include "tests/fuzz/targets.hpp"

namespace writebench::fuzz {
namespace {

using reports::Report;

constexpr cli::Terminal kNarrow{.interactive = true, .columns = 40};
constexpr cli::Terminal kUsual{.columns = 80};
constexpr cli::Terminal kWide{.unicode = true, .columns = 200};

// With the ends of lines as in other text.
std::string unix_lines(const std::string& text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "\r\n") != 0) lines += text[i];
  }
  return lines;
}

void show_tables(const Report& report) {
  for (const cli::Terminal& terminal : {kNarrow, kUsual, kWide}) {
    require_printable(cli::render_table(report, terminal), "the table");
  }
  for (const cli::SortKey& sort : cli::sort_keys()) {
    require_printable(cli::render_table(report, kUsual, sort), "a sorted table");
  }
  require_printable(cli::render_markdown(report, cli::sort_by_time()), "the Markdown");
  require_printable(unix_lines(cli::render_csv(report, cli::sort_by_time())), "the CSV");
  require_printable(cli::what_a_run_tells(report, "report.json", 80), "what a run tells");
}

// As `explain REPORT` does, which refuses an explanation of cells that are not there.
void explain_again(Report report) {
  try {
    explain::conclude(report);
  } catch (const std::runtime_error&) {
    return;
  }
  report.explanation->findings = cli::findings_of(report);
  require_printable(cli::render_explanation(report, kUsual), "the explanation");
}

// As `show` does, which refuses an advice on cells that are not there.
void advise_again(Report report) {
  try {
    advise::conclude(report);
  } catch (const std::runtime_error&) {
    return;
  }
  report.advice->findings = cli::advice_findings(report);
  for (const cli::Terminal& terminal : {kNarrow, kUsual, kWide}) {
    require_printable(cli::render_advice(report, terminal), "the advice");
  }
  require_printable(cli::advice_markdown(report), "the advice in Markdown");
}

void compare_with_itself(const Report& report) {
  for (const gate::Metric& metric : gate::metrics()) {
    gate::ComparisonSettings settings;
    settings.metric = &metric;
    const gate::Comparison comparison = gate::compare(report, report, settings);
    const gate::Tally tally = gate::tally(comparison);
    require(tally.slower == 0 && tally.faster == 0, "a report is slower or faster than itself");
    require_printable(cli::render_comparison(comparison, kUsual), "the comparison");
    require_printable(cli::comparison_markdown(comparison), "the comparison in Markdown");
    require_printable(cli::comparison_junit(comparison, true), "the comparison for JUnit");
    require_printable(gate::to_json(comparison), "the comparison in JSON");
  }
}

}  // namespace

void show_in_every_form(const Report& report) {
  show_tables(report);
  if (report.explanation) explain_again(report);
  if (report.advice) advise_again(report);
  for (const reports::ExportFormat& format : reports::export_formats()) {
    const auto cells = reports::measured(report, {.strategies = {}, .controls = true});
    if (!cells.empty()) require_printable(unix_lines(format.text(report, cells)), format.name);
  }
  reports::warnings_of(report);
  require_printable(gate::machine_of(report).empty() ? "" : "machine", "the machine");
  compare_with_itself(report);
  const std::string text = reports::to_json(report);
  require_printable(text, "the report in JSON");
  require(reports::to_json(reports::parse_report(text, "again")) == text, "a report changes when it is read again");
}

}  // namespace writebench::fuzz
