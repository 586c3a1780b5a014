#include <fmt/format.h>

#include <optional>

#include "reports/export/export.hpp"
#include "reports/json.hpp"
#include "reports/unicode.hpp"

namespace writebench::reports {
namespace {

// As the text format of Prometheus (0.0.4) wants a label's value; what a terminal could obey is escaped.
std::string quoted_label(std::string_view raw) {
  std::string quoted = "\"";
  for (const char c : printable(raw)) {
    if (c == '\\' || c == '"') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::optional<double> seconds(std::optional<double> ns) { return ns ? std::optional(*ns / 1e9) : std::nullopt; }

struct Gauge {
  std::string_view name, help;
  std::optional<double> (*value)(const Summary& summary);
};

constexpr Gauge kGauges[] = {
    {"writebench_time_seconds", "Median time of a trial.",
     [](const Summary& summary) { return seconds(summary.time_ns.median); }},
    {"writebench_time_low_seconds", "Lower end of the 95 % interval of that median.",
     [](const Summary& summary) { return summary.time_ns.ci95 ? seconds(summary.time_ns.ci95->low) : std::nullopt; }},
    {"writebench_time_high_seconds", "Upper end of the 95 % interval of that median.",
     [](const Summary& summary) { return summary.time_ns.ci95 ? seconds(summary.time_ns.ci95->high) : std::nullopt; }},
    {"writebench_lines_per_second", "Lines in the time of the median trial, per second.",
     [](const Summary& summary) { return std::optional(summary.lines_per_second); }},
    {"writebench_trials", "Number of trials that the median is of.",
     [](const Summary& summary) { return std::optional(static_cast<double>(summary.trials)); }},
};

}  // namespace

// Gauges without timestamps, as node_exporter's textfile collector takes them. What is not known is left out.
std::string export_prometheus(const Report& report, std::span<const Measured> cells) {
  std::string text = fmt::format(
      "# HELP writebench_complete Whether the run came to its end.\n"
      "# TYPE writebench_complete gauge\nwritebench_complete {}\n",
      report.complete ? 1 : 0);
  for (const Gauge& gauge : kGauges) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", gauge.name, gauge.help);
    for (const Measured& measured : cells) {
      const std::optional<double> value = gauge.value(measured.summary);
      if (!value) continue;
      text += fmt::format("{}{{cell={},strategy={},durability={}}} {}\n", gauge.name,
                          quoted_label(name_of(measured.cell)), quoted_label(measured.cell.strategy.name),
                          quoted_label(to_string(measured.cell.parameters.durability)), *value);
    }
  }
  return text;
}

}  // namespace writebench::reports
