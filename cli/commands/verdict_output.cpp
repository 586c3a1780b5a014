#include "cli/commands/verdict_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "cli/options/output_file.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/text/comparison_text.hpp"
#include "cli/text/print.hpp"
#include "gate/comparison_json.hpp"
#include "reports/atomic_file.hpp"

namespace writebench::cli {

VerdictOutput::VerdictOutput(const TypedSettings& typed, const std::vector<std::string>& inputs)
    : fail_on_(static_cast<FailOn>(parse_word("--fail-on", typed.fail_on, kFailOnWords))), force_(typed.force) {
  if (typed.format) {
    format_ = static_cast<Format>(parse_word("--format", *typed.format, kComparisonFormats));
  }
  if (typed.json) format_ = Format::kJson;
  for (const std::string& path : typed.out) {
    if (path == kNoFile) continue;
    if (path == kStandardOutput) {
      table_ = false;
      out_.push_back({path, format_});
      continue;
    }
    refuse_input("--out", path, inputs);
    const bool said = typed.format || typed.json;
    const Format by_name = path.ends_with(".md")     ? Format::kMarkdown
                           : path.ends_with(".xml")  ? Format::kJunit
                           : path.ends_with(".json") ? Format::kJson
                                                     : Format::kTable;
    out_.push_back({output_file("--out", path, force_), said ? format_ : by_name});
  }
}

bool VerdictOutput::has_files() const {
  return std::any_of(out_.begin(), out_.end(), [](const File& file) { return file.path != kStandardOutput; });
}

int VerdictOutput::print(const gate::Comparison& comparison) const {
  const Terminal terminal = terminal_of(stdout);
  const auto print_as = [&](Format format) {
    const std::string text = text_of(comparison, format, terminal);
    format == Format::kTable ? print_text(stdout, text) : print_document(stdout, text);
  };
  if (table_) print_as(out_.empty() ? format_ : Format::kTable);
  for (const File& file : out_) {
    if (file.path == kStandardOutput) {
      print_as(file.format);
      continue;
    }
    reports::replace_atomically(file.path, text_of(comparison, file.format, {}), {.replace = force_});
  }
  if (comparison.cells.empty()) {
    const char* const why = gate::broken(comparison) ? ", because of failures" : "";
    print_text(stderr, fmt::format("writebench: no cell could be compared{}\n", why));
  }
  return status_of(comparison, fail_on_);
}

std::string VerdictOutput::text_of(const gate::Comparison& comparison, Format format, const Terminal& terminal) const {
  switch (format) {
    case Format::kTable: return render_comparison(comparison, terminal);
    case Format::kMarkdown: return comparison_markdown(comparison);
    case Format::kJunit: return comparison_junit(comparison, fail_on_ == FailOn::kInconclusive);
    case Format::kJson: return gate::to_json(comparison);
  }
  return "";
}

}  // namespace writebench::cli
