#include "cli/terms_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>

#include "cli/comparison_text.hpp"
#include "cli/output_file.hpp"
#include "cli/suggest.hpp"
#include "cli/units.hpp"
#include "gate/comparison_json.hpp"
#include "reports/atomic_file.hpp"

namespace writebench::cli {
namespace {

// The index of a word among those that an option knows.
std::size_t parse_word(std::string_view option, const std::string& text, const std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const std::string advice = did_you_mean(text, words);
  throw UsageError(fmt::format("{} '{}' is none of {}{}", option, text, fmt::join(words, ", "), advice));
}

std::string metric_help() {
  std::string names;
  for (const gate::Metric& metric : gate::metrics()) {
    if (!names.empty()) names += names.size() - (names.rfind('\n') + 1) > 34 ? ",\n" : ", ";
    names += metric.name;
  }
  return names + " [time]";
}

}  // namespace

void declare_settings(CLI::App& app, TypedSettings& typed) {
  const char* const verdict = "What is judged";
  app.add_option("--metric", typed.metric, metric_help())->type_name("NAME")->group(verdict);
  app.add_option("--threshold", typed.threshold, "a change has to be larger than this [5%]")
      ->type_name("P")
      ->group(verdict);
  app.add_option("--alpha", typed.alpha, "how often anything at all may be called slower\nby mistake [1%]")
      ->type_name("P")
      ->group(verdict);
  app.add_option("--fail-on", typed.fail_on,
                 "regression (exit status 3), inconclusive (4 as\nwell) or never (0) [regression]")
      ->type_name("WHAT")
      ->group(verdict);
  const char* const output = "Output";
  app.add_option("--format", typed.format, "table, markdown, junit or json [table]")->type_name("FORM")->group(output);
  app.add_flag("--json", typed.json, "the same as --format json")->group(output);
  app.add_option(
         "-o,--out", typed.out,
         "to a file, and a table on stdout; a name that ends\nin .md, .xml or .json says the form; may stand\nagain")
      ->allow_extra_args(false)  // one after each --out: what follows may be a report
      ->type_name("FILE")
      ->group(output);
  app.add_flag("--force", typed.force, "replace files that are there")->group(output);
}

gate::ComparisonSettings parse_settings(const TypedSettings& typed) {
  gate::ComparisonSettings settings;
  std::vector<std::string> names;
  for (const gate::Metric& metric : gate::metrics()) names.emplace_back(metric.name);
  settings.metric = &gate::metrics()[parse_word("--metric", typed.metric, names)];
  settings.rule.threshold = parse_share("--threshold", typed.threshold);
  settings.rule.alpha = parse_share("--alpha", typed.alpha);
  if (settings.rule.alpha <= 0 || settings.rule.alpha > 0.2) {
    throw UsageError("--alpha '" + typed.alpha + "' must be above 0 and at most 20%; 1% is usual");
  }
  return settings;
}

VerdictOutput::VerdictOutput(const TypedSettings& typed)
    : fail_on_(static_cast<FailOn>(parse_word("--fail-on", typed.fail_on, {"regression", "inconclusive", "never"}))),
      force_(typed.force) {
  if (typed.format) {
    format_ = static_cast<Format>(parse_word("--format", *typed.format, {"table", "markdown", "junit", "json"}));
  }
  if (typed.json) format_ = Format::kJson;
  for (const std::string& path : typed.out) {
    check_output_file("--out", path, force_);
    const bool said = typed.format || typed.json;
    const Format by_name = path.ends_with(".md")     ? Format::kMarkdown
                           : path.ends_with(".xml")  ? Format::kJunit
                           : path.ends_with(".json") ? Format::kJson
                                                     : Format::kTable;
    out_.push_back({path, said ? format_ : by_name});
  }
}

int VerdictOutput::print(const gate::Comparison& comparison) const {
  std::fputs(text_of(comparison, out_.empty() ? format_ : Format::kTable, terminal_of(stdout)).c_str(), stdout);
  for (const File& file : out_) {
    reports::replace_atomically(file.path, text_of(comparison, file.format, {}), {.replace = force_});
  }
  if (comparison.cells.empty()) {
    std::fputs("writebench: no cell could be compared\n", stderr);
    return 2;
  }
  const gate::Tally tally = gate::tally(comparison);
  if (fail_on_ == FailOn::kNever) return 0;
  if (tally.slower > 0) return 3;
  if (tally.failed > 0) return 1;
  return fail_on_ == FailOn::kInconclusive && tally.inconclusive > 0 ? 4 : 0;
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
