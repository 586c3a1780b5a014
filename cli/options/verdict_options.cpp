#include "cli/options/verdict_options.hpp"

#include <CLI/CLI.hpp>

#include "cli/options/parse_quantity.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/options/usage_error.hpp"

namespace writebench::cli {
namespace {

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

}  // namespace writebench::cli
