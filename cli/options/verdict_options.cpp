#include "cli/options/verdict_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "cli/options/offer.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/format_quantity.hpp"

namespace writebench::cli {
namespace {

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const gate::Metric& metric : gate::metrics()) names.emplace_back(metric.name);
  return names;
}

}  // namespace

void declare_rule(CLI::App& app, TypedRule& typed, const char* group) {
  const gate::Rule usual;
  app.add_option("--threshold", typed.threshold, "a change has to be larger than this")
      ->default_str(format_share(usual.threshold))
      ->type_name("P")
      ->group(group);
  app.add_option("--alpha", typed.alpha, "how often a gate may call anything at all slower by mistake")
      ->default_str(format_share(usual.alpha))
      ->type_name("P")
      ->group(group);
}

gate::Rule parse_rule(const TypedRule& typed) {
  gate::Rule rule;
  if (typed.threshold) rule.threshold = parse_share("--threshold", *typed.threshold);
  if (typed.alpha) rule.alpha = parse_share("--alpha", *typed.alpha);
  if (rule.alpha <= 0 || rule.alpha > 0.2) {
    throw UsageError(fmt::format("--alpha '{}' must be above 0 and at most 20%; {} is usual", *typed.alpha,
                                 format_share(gate::Rule{}.alpha)));
  }
  return rule;
}

void declare_settings(CLI::App& app, TypedSettings& typed) {
  const char* const verdict = "What is judged";
  app.add_option("--metric", typed.metric, fmt::format("{}", fmt::join(metric_names(), ", ")))
      ->check(offers_words(metric_names()))
      ->type_name("NAME")
      ->group(verdict);
  declare_rule(app, typed, verdict);
  app.add_option("--fail-on", typed.fail_on,
                 fmt::format("regression (exit status {}), inconclusive ({} as well) or never ({})",
                             status(ExitStatus::kSlower), status(ExitStatus::kInconclusive), status(ExitStatus::kFine)))
      ->check(offers_words(kFailOnWords))
      ->type_name("WHAT")
      ->group(verdict);
  const char* const output = "Output";
  app.add_option("--format", typed.format, "table, markdown, junit or json")
      ->check(offers_words(kComparisonFormats))
      ->type_name("FORM")
      ->group(output);
  app.add_flag("--json", typed.json, "the same as --format json")->group(output);
  app.add_option("-o,--out", typed.out,
                 "to a file, and a table on stdout; '-' is stdout, without the table; 'none' is no file; a name that "
                 "ends in .md, .xml or .json says the form; may stand again")
      ->allow_extra_args(false)  // one after each --out: what follows may be a report
      ->check(offers(Offer::Kind::kFiles))
      ->type_name("FILE")
      ->group(output);
  app.add_flag("--force", typed.force, "replace files that are there")->group(output);
}

gate::ComparisonSettings parse_settings(const TypedSettings& typed) {
  gate::ComparisonSettings settings;
  settings.metric = &gate::metrics()[parse_word("--metric", typed.metric, metric_names())];
  settings.rule = parse_rule(typed);
  return settings;
}

}  // namespace writebench::cli
