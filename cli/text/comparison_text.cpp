#include "cli/text/comparison_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cli/text/columns.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/markdown.hpp"
#include "cli/text/wrap.hpp"
#include "engine/machine/environment.hpp"

namespace writebench::cli {
namespace {

using gate::ComparedCell;
using gate::Comparison;
using gate::PairVerdict;

constexpr std::size_t kColumns = 7;
using VerdictRow = std::array<std::string, kColumns>;
const VerdictRow kTitles{"cell", "base", "head", "change", "interval", "verdict", "sees"};

// A gate that sees no less than a doubling sees nothing.
const double kUseless = std::log(2.0);

// In percent, as the metric is shown: a rate goes up where the time goes down.
std::string percent(double logarithm, const gate::Metric& metric, bool unit = true) {
  const double change = 100 * std::expm1(metric.rate ? -logarithm : logarithm);
  return fmt::format("{:+.{}f}{}", change, std::abs(change) < 99.95 ? 1 : 0, unit ? " %" : "");
}

std::string interval_text(const ComparedCell& cell, const gate::Metric& metric) {
  const auto& interval = cell.judgement.interval;
  if (!interval) return "-";
  const auto [low, high] =
      metric.rate ? std::pair(interval->high, interval->low) : std::pair(interval->low, interval->high);
  return fmt::format("{} to {}", percent(low, metric, false), percent(high, metric));
}

std::string value_text(double value, const ComparedCell& cell, const gate::Metric& metric) {
  if (metric.rate) return format_number(static_cast<double>(cell.lines) * 1e9 / value) + "/s";
  if (metric.unit() == "ns") return format_time(value);
  return metric.unit() == "bytes" ? format_bytes(value) : format_number(value);
}

VerdictRow row_of(const ComparedCell& cell, const gate::Metric& metric) {
  const auto& sees = cell.judgement.detectable;
  return {cell.id,
          value_text(cell.base, cell, metric),
          value_text(cell.head, cell, metric),
          percent(cell.difference, metric),
          interval_text(cell, metric),
          std::string(gate::to_string(cell.judgement.verdict)),
          sees && *sees < kUseless ? percent(*sees, metric) : "-"};
}

std::string side_text(const gate::ComparedReport& side) {
  const std::string commit = side.commit.empty() ? "" : " " + engine::short_commit(side.commit);
  return fmt::format("{} (writebench {}{}, {}){}", side.name, side.version, commit, side.started_at,
                     side.complete ? std::string() : fmt::format("; {}", reports::kIncomplete));
}

bool is_relative(const Comparison& comparison) {
  return std::any_of(comparison.cells.begin(), comparison.cells.end(),
                     [](const ComparedCell& cell) { return cell.basis == gate::Basis::kReference; });
}

VerdictRow titles_of(const Comparison& comparison) {
  VerdictRow titles = kTitles;
  if (is_relative(comparison)) titles[3] = "change vs sync";
  return titles;
}

// The change is not always that of the two values beside it; if they differ visibly, the row says why.
std::string why_not_that_of_the_values(const ComparedCell& cell, const gate::Metric& metric) {
  const double of_values = std::log(cell.head / cell.base);
  if (!(cell.base > 0 && cell.head > 0) || std::abs(of_values - cell.difference) < 0.01) return "";
  const std::string shown = percent(of_values, metric);
  if (cell.basis == gate::Basis::kReference) {
    return fmt::format("{}: {} by itself; its change is that of its ratios to sync, round by round", cell.id, shown);
  }
  return fmt::format("{}: the two medians differ by {}; the change is the median of the {}", cell.id, shown,
                     cell.basis == gate::Basis::kPaired ? "pairs" : "logarithms");
}

// How the verdicts came about, in a sentence.
std::string method(const Comparison& comparison) {
  const gate::Rule& rule = comparison.settings.rule;
  const bool paired = !comparison.cells.empty() && comparison.cells.front().basis == gate::Basis::kPaired;
  const bool reference = is_relative(comparison);
  return fmt::format("{} {}; a change is more than {:g} %; anything is called slower by mistake in at most {:g} %.",
                     comparison.settings.metric->name,
                     paired      ? "in pairs of trials"
                     : reference ? "as ratios to sync in each run"
                                 : "of two runs",
                     100 * rule.threshold, 100 * rule.alpha);
}

std::string sum(const Comparison& comparison) {
  const gate::Tally tally = gate::tally(comparison);
  return fmt::format("{} slower, {} faster, {} same, {} inconclusive{}", tally.slower, tally.faster, tally.same,
                     tally.inconclusive, tally.failed > 0 ? fmt::format(", {} failed or gone", tally.failed) : "");
}

std::string not_compared_text(const gate::Unmatched& unmatched) {
  return fmt::format("{} is not compared: {}", unmatched.id, unmatched.reason);
}

std::string difference_text(const gate::Difference& difference) {
  const char* const effect = difference.effect == gate::Effect::kWiden          ? " (limits widened)"
                             : difference.effect == gate::Effect::kInconclusive ? " (nothing can be inferred)"
                                                                                : "";
  const std::string name =
      difference.field == gate::kCellsOfOneSide ? "another mix: cells of one side alone" : difference.field;
  return fmt::format("{}: {} in the base, {} in the head{}", name, difference.base, difference.head, effect);
}

// Sentences that follow the rows.
std::vector<std::string> remarks(const Comparison& comparison) {
  std::vector<std::string> lines;
  for (const ComparedCell& cell : comparison.cells) {
    if (!cell.reason.empty()) lines.push_back(fmt::format("{}: {}", cell.id, cell.reason));
    if (std::string why = why_not_that_of_the_values(cell, *comparison.settings.metric); !why.empty()) {
      lines.push_back(std::move(why));
    }
  }
  for (const gate::Unmatched& unmatched : comparison.not_compared) lines.push_back(not_compared_text(unmatched));
  for (const gate::Difference& difference : comparison.differences) lines.push_back(difference_text(difference));
  lines.insert(lines.end(), comparison.notes.begin(), comparison.notes.end());
  return lines;
}

const char* colour_of(PairVerdict verdict) {
  switch (verdict) {
    case PairVerdict::kSlower: return "\033[31m";
    case PairVerdict::kFaster: return "\033[32m";
    case PairVerdict::kSame: return "";
    case PairVerdict::kInconclusive: return "\033[33m";
  }
  return "";
}

// XML 1.0 has no control characters, and not the last two of the first 65,536 (section 2.2): printable() escapes them.
std::string escaped_xml(std::string_view text) {
  std::string escaped;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string property(std::string_view name, const std::string& value) {
  return fmt::format("    <property name=\"{}\" value=\"{}\"/>\n", name, escaped_xml(value));
}

std::string test_case(std::string_view name, const char* element, const std::string& message) {
  std::string xml = fmt::format("  <testcase classname=\"writebench\" name=\"{}\"", escaped_xml(name));
  if (element == nullptr)
    return xml + fmt::format(">\n    <system-out>{}</system-out>\n  </testcase>\n", escaped_xml(message));
  return xml + fmt::format(">\n    <{} message=\"{}\"/>\n  </testcase>\n", element, escaped_xml(message));
}

}  // namespace

std::string render_comparison(const Comparison& comparison, const Terminal& terminal) {
  constexpr std::size_t kVerdict = 5;
  // Beside a change that is relative to sync, the interval says more than the two values.
  const bool relative = is_relative(comparison);
  const std::array<int, kColumns> worths{Column::kAlways,  relative ? 1 : 3, relative ? 2 : 4, Column::kAlways,
                                         relative ? 4 : 2, Column::kAlways,  relative ? 3 : 1};
  const VerdictRow titles = titles_of(comparison);
  std::vector<Column> columns;
  for (std::size_t i = 0; i < kColumns; ++i) {
    columns.push_back(
        {.title = titles[i], .left = i == 0 || i == kVerdict, .cut = i == 0, .worth = worths[i], .fields = {}});
  }
  for (const ComparedCell& cell : comparison.cells) {
    const VerdictRow row = row_of(cell, *comparison.settings.metric);
    for (std::size_t i = 0; i < kColumns; ++i) columns[i].fields.push_back(printable(row[i]));
  }
  columns = fitted(std::move(columns), terminal.columns, kColumnGap, terminal.unicode);
  std::string text;
  const auto paragraph = [&](const std::string& head, const std::string& words) {
    text += wrapped(head, words, terminal.columns) + "\n";
  };
  paragraph("base: ", side_text(comparison.base));
  paragraph("head: ", side_text(comparison.head));
  paragraph("", method(comparison));
  text += "\n";
  if (!comparison.cells.empty()) text += title_line(columns, kColumnGap) + "\n";
  for (std::size_t row = 0; row < comparison.cells.size(); ++row) {
    std::string line = row_line(columns, row, kColumnGap);
    const PairVerdict verdict = comparison.cells[row].judgement.verdict;
    const std::string word(gate::to_string(verdict));
    const char* const colour = terminal.colour ? colour_of(verdict) : "";
    if (const std::size_t at = line.rfind(word); *colour != '\0' && at != line.npos) {
      line.replace(at, word.size(), colour + word + "\033[0m");
    }
    text += line + "\n";
  }
  if (!comparison.cells.empty()) text += "\n";
  for (const std::string& remark : remarks(comparison)) paragraph("", remark);
  paragraph("", sum(comparison));
  return text;
}

std::string comparison_markdown(const Comparison& comparison) {
  const gate::Metric& metric = *comparison.settings.metric;
  std::string text = fmt::format("### writebench: {}\n\n", sum(comparison));
  if (!comparison.cells.empty()) {
    text += fmt::format("| {} |\n| :--- | ---: | ---: | ---: | ---: | :--- | ---: |\n",
                        fmt::join(titles_of(comparison), " | "));
  }
  for (const ComparedCell& cell : comparison.cells) {
    VerdictRow row = row_of(cell, metric);
    for (std::string& field : row) field = escaped_markdown(field);
    const PairVerdict verdict = cell.judgement.verdict;
    if (verdict == PairVerdict::kSlower || verdict == PairVerdict::kFaster) row[5] = "**" + row[5] + "**";
    text += fmt::format("| {} |\n", fmt::join(row, " | "));
  }
  text += fmt::format("\n{}\n", escaped_markdown(method(comparison)));
  const std::vector<std::string> lines = remarks(comparison);
  if (!lines.empty()) text += "\n";
  for (const std::string& line : lines) text += fmt::format("- {}\n", escaped_markdown(line));
  return text + fmt::format("\nBase: {}  \nHead: {}\n", escaped_markdown(side_text(comparison.base)),
                            escaped_markdown(side_text(comparison.head)));
}

std::string comparison_junit(const Comparison& comparison, bool inconclusive_fails) {
  const gate::Tally tally = gate::tally(comparison);
  const std::string properties =
      fmt::format("  <properties>\n{}{}  </properties>\n", property("base", side_text(comparison.base)),
                  property("head", side_text(comparison.head)));
  std::string cases;
  std::size_t skipped = inconclusive_fails ? 0 : tally.inconclusive;
  for (const ComparedCell& cell : comparison.cells) {
    const VerdictRow row = row_of(cell, *comparison.settings.metric);
    const std::string message = fmt::format("{}: {} ({}), {} -> {}{}{}", row[5], row[3], row[4], row[1], row[2],
                                            cell.reason.empty() ? "" : "; ", cell.reason);
    const char* element = nullptr;
    if (cell.judgement.verdict == PairVerdict::kSlower) element = "failure";
    if (cell.judgement.verdict == PairVerdict::kInconclusive) element = inconclusive_fails ? "failure" : "skipped";
    cases += test_case(cell.id, element, message);
  }
  for (const gate::Unmatched& unmatched : comparison.not_compared) {
    cases += test_case(unmatched.id, unmatched.failed ? "error" : "skipped", not_compared_text(unmatched));
    skipped += !unmatched.failed;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"writebench\" tests=\"{}\" failures=\"{}\" "
      "errors=\"{}\" skipped=\"{}\">\n{}{}</testsuite>\n",
      comparison.cells.size() + comparison.not_compared.size(),
      tally.slower + (inconclusive_fails ? tally.inconclusive : 0), tally.failed, skipped, properties, cases);
}

}  // namespace writebench::cli
