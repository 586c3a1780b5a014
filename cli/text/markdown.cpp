#include "cli/text/markdown.hpp"

#include <algorithm>
#include <vector>

#include "cli/text/table_rows.hpp"
#include "cli/text/terminal.hpp"

namespace writebench::cli {
namespace {

using Fields = std::vector<std::string>;

std::string line_of(const std::string& rank, const std::string& name, const Fields& fields) {
  std::string line = "| " + rank + " | " + name + " |";
  for (const std::string& field : fields) line += " " + field + " |";
  return line + "\n";
}

Fields escaped(Fields fields) {
  for (std::string& field : fields) field = escaped_markdown(field);
  return fields;
}

}  // namespace

std::string escaped_markdown(std::string_view text) {
  constexpr std::string_view kPunctuation = "\\`*_[]|~#";  // may be preceded by a backslash (CommonMark, 2.4)
  std::string escaped;
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  for (const char c : printable(line)) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      if (kPunctuation.find(c) != kPunctuation.npos) escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string render_markdown(const reports::Report& report, const SortKey& sort) {
  const TableRows rows = table_rows(report, sort, true);
  std::string out = escaped_markdown(rows.title) + "\n\n";
  Fields titles;
  for (const Field& field : rows.fields) titles.push_back(field.title);
  out += line_of("", "strategy", escaped(titles));
  out += line_of("--:", ":--", Fields(titles.size(), "--:"));
  const Fields none(titles.size());
  for (const Section& section : rows.sections) {
    out += line_of("", "**" + escaped_markdown(section.heading) + "**", none);
    for (const Row& row : section.rows) {
      if (!row.family_heading.empty()) out += line_of("", "*" + escaped_markdown(row.family_heading) + "*", none);
      out += line_of(rank_text(row), escaped_markdown(reports::name_of(*row.cell)), escaped(row.fields));
    }
  }
  // The reason may be long: it stands in the column that has the room.
  if (!rows.without_time.empty()) out += line_of("", "**without a time**", none);
  for (const engine::Cell* cell : rows.without_time) {
    out += line_of("", escaped_markdown(cell->id) + ": " + escaped_markdown(status_text(*cell)), none);
  }
  std::vector<std::string> notes = rows.legend;
  notes.insert(notes.end(), rows.verdicts.begin(), rows.verdicts.end());
  if (!notes.empty() || !report.warnings.empty()) out += "\n";
  for (const std::string& note : notes) out += "- " + escaped_markdown(note) + "\n";
  for (const reports::Warning& warning : report.warnings) {
    out += "- **warning**: " + escaped_markdown(warning.message) + "\n";
  }
  return out;
}

}  // namespace writebench::cli
