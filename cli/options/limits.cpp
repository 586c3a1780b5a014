#include "cli/options/limits.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/options/usage_error.hpp"

namespace writebench::cli {
namespace {

double parse_value(const std::string& option, const gate::Metric& metric, const std::string& text) {
  if (metric.rate) return static_cast<double>(parse_count(option, text));
  if (metric.unit() == "ns") return static_cast<double>(parse_time(option, text).count());
  return static_cast<double>(metric.unit() == "bytes" ? parse_size(option, text) : parse_count(option, text));
}

gate::Limit parse_limit(const std::string& text, const std::vector<engine::Cell>& cells) {
  const std::size_t equals = text.find('=');
  const std::size_t dot = text.rfind('.', equals);  // the name of an external program may have dots
  if (equals == text.npos || dot == text.npos) {
    throw UsageError(fmt::format("--limit '{}' is not of the form NAME.METRIC=VALUE, such as sync.time=50ms", text));
  }
  const std::string name = text.substr(0, dot);
  std::vector<std::string> names;
  names.reserve(cells.size());
  for (const engine::Cell& cell : cells) names.push_back(cell.strategy.name);
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    throw UsageError(fmt::format("--limit '{}': '{}' is not among the strategies of this run{}", text, name,
                                 did_you_mean(name, names)));
  }
  std::vector<std::string> metrics;
  for (const gate::Metric& metric : gate::metrics()) metrics.push_back(metric.name);
  const std::string option = "--limit " + text.substr(0, equals);
  const gate::Metric& metric =
      gate::metrics()[parse_word("--limit " + name, text.substr(dot + 1, equals - dot - 1), metrics)];
  return {.strategy = name, .metric = &metric, .value = parse_value(option, metric, text.substr(equals + 1))};
}

}  // namespace

void declare_limits(CLI::App& app, std::vector<std::string>& typed, const char* group) {
  app.add_option("--limit", typed,
                 "exit status 3 if a strategy exceeds it beyond doubt; the metrics are those of 'compare'; may stand "
                 "again")
      ->allow_extra_args(false)
      ->check(offers(Offer::Kind::kLimits))
      ->type_name("NAME.METRIC=VALUE")
      ->group(group);
}

std::vector<gate::Limit> parse_limits(const std::vector<std::string>& typed, const std::vector<engine::Cell>& cells) {
  std::vector<gate::Limit> limits;
  limits.reserve(typed.size());
  for (const std::string& text : typed) limits.push_back(parse_limit(text, cells));
  return limits;
}

}  // namespace writebench::cli
