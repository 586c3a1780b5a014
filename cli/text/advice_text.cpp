#include "cli/text/advice_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "advise/conclude.hpp"
#include "cli/text/advice_findings.hpp"
#include "cli/text/columns.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/markdown.hpp"
#include "cli/text/wrap.hpp"
#include "reports/cell_id.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;
using reports::Advice;
using reports::Goal;
using reports::Report;

constexpr std::size_t kMostColumns = 80;

std::string known_time(const std::optional<double>& ns) { return ns ? format_time(*ns) : kNothing; }

std::string ratio_text(const Advice::Finalist& finalist) {
  const reports::Estimate& ratio = finalist.ratio;
  if (ratio.median <= 0) return kNothing;
  if (!ratio.ci95) return format_times(ratio.median);
  return fmt::format("{} ({}-{})", format_times(ratio.median), format_times(ratio.ci95->low),
                     format_times(ratio.ci95->high));
}

std::string value_title(Goal goal) {
  switch (goal) {
    case Goal::kCpu: return "cpu/line";
    case Goal::kStall: return "stall";
    case Goal::kSpeed: return "time/line";
  }
  return "";
}

// Each finalist's strategy and its sizes, which tell most of them apart; with all settings if there are two of a name.
std::vector<std::string> short_names(const Report& report) {
  std::vector<std::string> names;
  for (const Advice::Finalist& finalist : report.advice->finalists) {
    const Cell& cell = *advise::cell_of(report, finalist.cell);
    std::string name = cell.strategy.name;
    for (const OptionValue& value : cell.parameters.options) {
      const bool is_size = value.kind == Option::Kind::kBytes && value.name != kInFlightBytes.name;
      if (is_size) name += " " + reports::typed_value(value);
    }
    names.push_back(std::move(name));
  }
  const std::vector<std::string> all = names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::count(all.begin(), all.end(), all[i]) == 1) continue;
    names[i] = with_settings(*advise::cell_of(report, report.advice->finalists[i].cell));
  }
  return names;
}

std::vector<Column> finalist_columns(const Report& report) {
  const Advice& advice = *report.advice;
  const bool shows_cpu = advice.asked.goal != Goal::kCpu;
  std::vector<Column> columns{
      {.title = "strategy", .left = true, .cut = true, .worth = Column::kAlways, .fields = {}},
      {.title = value_title(advice.asked.goal), .worth = 100, .fields = {}},
      {.title = "times (95 %)", .worth = 90, .fields = {}},
      {.title = shows_cpu ? "cpu/line" : "", .worth = 30, .fields = {}},
      {.title = "stall p99.9", .worth = 60, .fields = {}},
      {.title = "longest", .worth = 40, .fields = {}},
      {.title = "may lose", .worth = 70, .fields = {}},
      {.title = "memory", .worth = 50, .fields = {}},
      {.title = "", .left = true, .worth = 95, .fields = {}},
  };
  const std::vector<std::string> names = short_names(report);
  for (const Advice::Finalist& finalist : advice.finalists) {
    const Advice::Figures& figures = finalist.figures;
    const bool is_first = &finalist == &advice.finalists.front();
    const std::string fields[] = {
        names[static_cast<std::size_t>(&finalist - advice.finalists.data())],
        format_time_per_line(figures.value_ns),
        is_first ? kNothing : ratio_text(finalist),
        shows_cpu && figures.cpu_ns_per_line ? format_time_per_line(*figures.cpu_ns_per_line) : kNothing,
        advice.asked.goal == Goal::kStall ? kNothing : known_time(figures.stall_p999_ns),
        known_time(figures.stall_max_ns),
        figures.may_lose_bytes ? format_bytes(static_cast<double>(*figures.may_lose_bytes)) : kNothing,
        figures.memory_bytes ? format_bytes(*figures.memory_bytes) : kNothing,
        !finalist.fulfils                              ? "fails"
        : finalist.tied && advice.finalists.size() > 1 ? "="
                                                       : "",
    };
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].fields.push_back(fields[i]);
  }
  std::erase_if(columns, is_empty);
  return columns;
}

// The strategies that each constraint rules out, with the reasons that differ: "sync, ofstream (has one writer)".
struct RuledOut {
  reports::Hurdle by;
  std::string text;
};

std::vector<RuledOut> ruled_out(const Advice& advice) {
  std::vector<std::pair<reports::Hurdle, std::vector<std::pair<std::string, std::vector<std::string>>>>> groups;
  for (const Advice::RuledOut& out : advice.ruled_out) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& one) { return one.first == out.by; });
    if (group == groups.end()) group = groups.insert(groups.end(), {out.by, {}});
    auto& reasons = group->second;
    auto reason =
        std::find_if(reasons.begin(), reasons.end(), [&](const auto& one) { return one.first == out.reason; });
    if (reason == reasons.end()) reason = reasons.insert(reasons.end(), {out.reason, {}});
    reason->second.push_back(out.strategy);
  }
  std::vector<RuledOut> found;
  for (const auto& [by, reasons] : groups) {
    std::vector<std::string> parts;
    for (const auto& [reason, names] : reasons) parts.push_back(fmt::format("{} ({})", fmt::join(names, ", "), reason));
    found.push_back({by, fmt::format("{}", fmt::join(parts, "; "))});
  }
  return found;
}

std::string place_text(const Report& report) {
  const engine::Environment& environment = report.environment;
  return fmt::format("{} in {}, {} processor{}", environment.file_system, environment.directory, environment.cpus,
                     environment.cpus == 1 ? "" : "s");
}

std::string warning_codes_text(const Report& report) {
  std::vector<std::string> codes;
  for (const reports::Warning& warning : report.warnings) codes.push_back(warning.code);
  return fmt::format("{}", fmt::join(codes, ", "));
}

// The heads of the findings, in the order in which they are shown.
const char* head_of(const std::string& code) {
  if (code == "loss") return "Loses: ";
  if (code == "gives-up") return "Gives: ";
  if (code == "trust") return "Trust: ";
  if (code == "design") return "For a design document:\n";
  return "";
}

}  // namespace

std::string render_advice(const Report& report, const Terminal& terminal) {
  const Advice& advice = *report.advice;
  const std::size_t columns = std::min(kMostColumns, terminal.columns);
  std::string text;
  const auto paragraph = [&](const std::string& head, const std::string& sentences) {
    text += wrapped(head, sentences, columns) + "\n";
  };
  paragraph("Asked: ", fmt::format("{}; {}{}", constraints_text(report), place_text(report),
                                   report.complete ? "" : "; incomplete: it was interrupted"));
  text += "\n";
  const auto findings = advice_findings(report);
  const auto show = [&](std::initializer_list<const char*> codes) {
    for (const auto& finding : findings) {
      if (std::find(codes.begin(), codes.end(), finding.code) == codes.end()) continue;
      const std::string head = head_of(finding.code);
      if (head.ends_with('\n')) text += "\n" + head;
      paragraph(head.ends_with('\n') ? "  " : head, finding.text);
    }
  };
  show({"recommendation", "impossible", "would-have-to-give", "tie", "runner-up", "setting"});
  if (!advice.finalists.empty()) {
    text += "\n";
    const std::vector<Column> table = fitted(finalist_columns(report), columns, kColumnGap, terminal.unicode);
    text += title_line(table, kColumnGap) + "\n";
    for (std::size_t row = 0; row < advice.finalists.size(); ++row) text += row_line(table, row, kColumnGap) + "\n";
    text += "\n";
  }
  show({"loss", "gives-up", "trust"});
  if (!report.warnings.empty()) paragraph("The report warns of: ", warning_codes_text(report) + ".");
  if (!advice.ruled_out.empty()) text += "\nRuled out by:\n";
  for (const RuledOut& group : ruled_out(advice)) {
    paragraph(fmt::format("  {}: ", hurdle_text(group.by, advice.asked.goal)), group.text);
  }
  show({"design"});
  return text;
}

std::string advice_markdown(const Report& report) {
  const Advice& advice = *report.advice;
  std::string text =
      fmt::format("**Asked:** {}; {}{}\n\n", escaped_markdown(constraints_text(report)),
                  escaped_markdown(place_text(report)), report.complete ? "" : "; incomplete: it was interrupted");
  for (const auto& finding : advice_findings(report)) {
    const bool leads = finding.code == "recommendation" || finding.code == "impossible";
    if (finding.code == "design") continue;
    text += fmt::format("- {0}{1}{0}\n", leads ? "**" : "", escaped_markdown(finding.text));
  }
  if (!advice.finalists.empty()) {
    const std::vector<Column> columns = finalist_columns(report);
    const auto line = [&](auto field) {
      std::string row = "|";
      for (const Column& column : columns) row += fmt::format(" {} |", field(column));
      return row + "\n";
    };
    text += "\n" + line([](const Column& column) { return escaped_markdown(column.title); });
    text += line([](const Column& column) { return std::string(column.left ? ":--" : "--:"); });
    for (std::size_t i = 0; i < advice.finalists.size(); ++i) {
      text += line([&](const Column& column) { return escaped_markdown(column.fields[i]); });
    }
  }
  if (!advice.ruled_out.empty()) text += "\nRuled out by:\n\n";
  for (const RuledOut& group : ruled_out(advice)) {
    text += fmt::format("- {}: {}\n", escaped_markdown(hurdle_text(group.by, advice.asked.goal)),
                        escaped_markdown(group.text));
  }
  for (const auto& finding : advice_findings(report)) {
    if (finding.code == "design") text += fmt::format("\n> {}\n", escaped_markdown(finding.text));
  }
  for (const reports::Warning& warning : report.warnings) {
    text += fmt::format("\n- **warning**: {}", escaped_markdown(warning.message));
  }
  if (!report.warnings.empty()) text += "\n";
  return text;
}

}  // namespace writebench::cli
