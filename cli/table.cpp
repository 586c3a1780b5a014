#include "cli/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "cli/quantity.hpp"
#include "reports/json.hpp"
#include "reports/ranking.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;
using engine::Outcome;

// What stands right of the bar: the time, what it comes to per line and second, the ratios, how sure it is.
using Fields = std::array<std::string, 8>;

struct Row {
  const Cell* cell;
  reports::Summary summary;
  std::string rank;
  Fields fields;
};

// Cells of like contract, the fastest first, under a heading.
struct Section {
  std::string heading;
  std::vector<Row> rows;
};

// A bar grows from the fastest to the slowest: in proportion where they lie within a factor of 50, else with the
// logarithm.
class Bars {
 public:
  Bars(const std::vector<Section>& sections, std::size_t columns, bool unicode) : columns_(columns), unicode_(unicode) {
    for (const Section& section : sections) {
      for (const Row& row : section.rows) {
        const double time = std::max(row.summary.time_ns.median, 1.0);
        least_ = least_ == 0 ? time : std::min(least_, time);
        most_ = std::max(most_, time);
      }
    }
  }

  bool logarithmic() const { return most_ > 50 * least_; }

  std::string bar(double time) const {
    // On the logarithmic scale the fastest still gets a visible piece.
    const double share = logarithmic() ? (1 + std::log(time / least_)) / (1 + std::log(most_ / least_)) : time / most_;
    const double cells = std::clamp(share, 0.0, 1.0) * static_cast<double>(columns_);
    if (!unicode_) return std::string(std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(cells))), '#');
    static constexpr std::array<const char*, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const auto eighths = std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(cells * 8)));
    std::string bar;
    for (std::size_t i = 0; i < eighths / 8; ++i) bar += "█";
    return bar + kEighths[eighths % 8];
  }

 private:
  std::size_t columns_;
  bool unicode_;
  double least_ = 0;
  double most_ = 0;
};

const Fields kTitles{"time", "ns/ln", "ln/s", "MB/s", "vs sync", "ceil", "n", "MAD"};
constexpr std::size_t kLeastColumns = 80;

// The columns of each part; a table with names of up to 15 letters is 80 wide with a bar of 5.
struct Layout {
  std::size_t rank = 2;
  std::size_t name = 15;
  std::size_t bar = 0;  // 0: there is no room for one
  std::array<std::size_t, kTitles.size()> fields{7, 6, 6, 6, 12, 4, 3, 4};
};

Layout layout_for(const std::vector<Section>& sections, const std::vector<Cell>& cells, const Terminal& terminal) {
  Layout layout;
  for (const Cell& cell : cells) layout.name = std::max(layout.name, width(cell.id));
  for (const Section& section : sections) {
    for (const Row& row : section.rows) {
      layout.rank = std::max(layout.rank, width(row.rank));
      for (std::size_t i = 0; i < row.fields.size(); ++i) {
        layout.fields[i] = std::max(layout.fields[i], width(row.fields[i]));
      }
    }
  }
  constexpr std::size_t kGaps = kTitles.size() + 2;
  const std::size_t taken =
      std::accumulate(layout.fields.begin(), layout.fields.end(), layout.rank + layout.name + kGaps);
  const std::size_t columns = std::max(terminal.columns, kLeastColumns);
  constexpr std::size_t kLeastBar = 3;
  if (columns >= taken + kLeastBar) layout.bar = std::min<std::size_t>(columns - taken, 40);
  return layout;
}

std::string line_of(const Layout& layout, const std::string& rank, const std::string& name, const std::string& bar,
                    const Fields& fields) {
  std::string line = left(rank, layout.rank) + " " + left(name, layout.name);
  if (layout.bar != 0) {
    line += ' ';
    line += left(bar, layout.bar);
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    line += ' ';
    line += right(fields[i], layout.fields[i]);
  }
  return line;
}

std::string heading_of(const reports::Group& group) {
  if (group.control) return "controls";
  switch (group.contract.order) {
    case Order::kNothing: return "writes nothing";
    case Order::kNone: return "whole lines in any order";
    case Order::kPerWriter: return "each writer's lines in order";
    case Order::kGlobal: return "all lines in order";
  }
  return "";
}

std::string percent(double share) { return share < 9.995 ? fmt::format("{:.0f}%", 100 * share) : ">10x"; }

Fields fields_of(const Cell& cell, const reports::Summary& summary, bool unicode) {
  const double time = std::max(summary.time_ns.median, 1.0);
  const bool writes = cell.strategy.contract.order != Order::kNothing;
  return {format_time(time),
          summary.ns_per_line ? format_number(*summary.ns_per_line) : "-",
          format_number(summary.lines_per_second),
          writes ? format_number(summary.bytes_per_second / 1e6) : "-",
          cell.id == reports::kReference ? "reference"  // a twin of it is held against it
          : summary.ratio_to_reference   ? format_ratio(summary.ratio_to_reference->median)
                                         : "-",
          writes && summary.fraction_of_ceiling ? percent(*summary.fraction_of_ceiling) : "-",
          std::to_string(summary.trials),
          summary.trials < 2 ? "-" : (unicode ? "±" : "+") + percent(summary.mad_ns / time)};
}

// What a cell writes, apart from how.
std::string work_of(const Cell& cell) {
  const engine::Workload& work = cell.workload;
  std::string text = fmt::format("{} lines", cell.parameters.lines);
  if (work.input) text += fmt::format(" of {}", *work.input);
  if (work.least_line_bytes == work.most_line_bytes) {
    if (work.least_line_bytes) text += fmt::format(" of {} bytes", *work.least_line_bytes);
  } else {
    text += fmt::format(" of {} to {} bytes", work.least_line_bytes.value_or(0), work.most_line_bytes.value_or(0));
  }
  text += fmt::format(", {} bytes, durability {}", cell.bytes, reports::to_string(cell.parameters.durability));
  if (work.pace.think.count() > 0) text += ", think " + format_time(static_cast<double>(work.pace.think.count()));
  if (work.pace.lines_per_second > 0) text += fmt::format(", {} lines/s", format_number(work.pace.lines_per_second));
  if (work.pace.burst_lines > 1) text += fmt::format(" in bursts of {}", work.pace.burst_lines);
  if (work.file_state != engine::FileState::kNew) text += fmt::format(", file {}", engine::to_string(work.file_state));
  if (work.preallocation != engine::Preallocation::kNone) {
    text += fmt::format(", preallocated ({})", engine::to_string(work.preallocation));
  }
  return text;
}

bool one_work(const reports::Report& report) {
  return std::all_of(report.cells.begin(), report.cells.end(),
                     [&](const Cell& cell) { return engine::same_work(cell, report.cells.front()); });
}

std::vector<Section> sections_of(const reports::Report& report, bool unicode) {
  std::vector<Section> sections;
  const bool several = !report.cells.empty() && !one_work(report);
  for (const reports::Group& group : reports::rank(report.cells)) {
    const Cell& first = report.cells[group.cells.front().cell];
    Section section{heading_of(group) + (several ? ": " + work_of(first) : ""), {}};
    for (const reports::Ranked& ranked : group.cells) {
      const Cell& cell = report.cells[ranked.cell];
      const auto summary = reports::summarise(cell, report.cells);
      std::string rank = group.control ? "" : fmt::format("{}{}", ranked.rank, ranked.tied_with.empty() ? "" : "=");
      section.rows.push_back({&cell, *summary, std::move(rank), fields_of(cell, *summary, unicode)});
    }
    sections.push_back(std::move(section));
  }
  return sections;
}

// Long text after a first column, broken at spaces.
std::string wrapped(const std::string& head, const std::string& text, std::size_t columns) {
  std::string out = head;
  std::size_t at = width(head);
  const std::size_t indent = at;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (at > indent && at + 1 + width(word) > columns) {
      out += fmt::format("\n{:{}}", "", indent);
      at = indent;
    }
    if (at > indent) {
      out += " ";
      ++at;
    }
    out += word;
    at += width(word);
    begin = end + 1;
  }
  return out;
}

std::string title(const reports::Report& report) {
  if (report.cells.empty()) return "nothing was run";
  return fmt::format("{}; {} on {}, {} processor{}",
                     one_work(report) ? work_of(report.cells.front()) : "several workloads",
                     report.environment.file_system, report.environment.kernel, report.environment.cpus,
                     report.environment.cpus == 1 ? "" : "s");
}

}  // namespace

std::string render_table(const reports::Report& report, const Terminal& terminal) {
  const auto styled = [&](const char* code, const std::string& text) {
    return terminal.colour ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  };
  const std::vector<Section> sections = sections_of(report, terminal.unicode);
  const Layout layout = layout_for(sections, report.cells, terminal);
  const Bars bars(sections, layout.bar, terminal.unicode);
  std::string out = wrapped("", title(report), terminal.columns) + "\n\n";
  if (!sections.empty()) {
    out += styled("1", line_of(layout, "", "strategy", bars.logarithmic() ? "log" : "", kTitles)) + "\n";
  }
  for (const Section& section : sections) {
    out += styled("2", wrapped("", section.heading, terminal.columns)) + "\n";
    for (const Row& row : section.rows) {
      const std::string line =
          line_of(layout, row.rank, row.cell->id, bars.bar(row.summary.time_ns.median), row.fields);
      out += (row.cell->id == reports::kReference ? styled("1", line) : line) + "\n";
    }
  }
  for (const Cell& cell : report.cells) {
    if (cell.status == Outcome::kOk) continue;
    const std::string status(cell.status ? engine::to_string(*cell.status) : "not run");
    const std::string detail = cell.status_detail.empty() ? "" : ": " + cell.status_detail;
    out += styled("31", wrapped(left(cell.id, layout.name) + " ", status + detail, terminal.columns)) + "\n";
  }
  if (!report.warnings.empty()) out += "\n";
  for (const reports::Warning& warning : report.warnings) {
    out += styled("33", wrapped("warning: ", warning.message, terminal.columns)) + "\n";
  }
  return out;
}

}  // namespace writebench::cli
