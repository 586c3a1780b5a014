#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "reports/export/export.hpp"
#include "reports/json.hpp"
#include "reports/json_text.hpp"

namespace writebench::reports {
namespace {

using Json = nlohmann::ordered_json;
using engine::Sample;

constexpr double kNsPerSecond = 1e9;

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The sample's standard deviation, with n - 1; null for a single value.
Json deviation(const std::vector<double>& values) {
  if (values.size() < 2) return nullptr;
  const double center = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - center) * (value - center);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

Json mean_of(const engine::Cell& cell, std::optional<std::int64_t> engine::Cost::*counter) {
  std::vector<double> seconds;
  for (const Sample& sample : cell.samples) {
    if (const auto& ns = sample.cost.*counter) seconds.push_back(static_cast<double>(*ns) / kNsPerSecond);
  }
  return seconds.empty() ? Json(nullptr) : Json(mean(seconds));
}

// All values are strings, as hyperfine writes them.
Json parameters_of(const engine::Cell& cell) {
  Json json{{"strategy", cell.strategy.name},
            {"lines", std::to_string(cell.parameters.lines)},
            {"durability", to_string(cell.parameters.durability)}};
  for (const OptionValue& option : cell.parameters.options) {
    json[option.key] = option.kind == Option::Kind::kWord ? option.word : std::to_string(option.number);
  }
  return json;
}

Json result_of(const Measured& measured) {
  std::vector<double> times;  // seconds
  for (const double ns : engine::times_ns(measured.cell)) times.push_back(ns / kNsPerSecond);
  return {{"command", measured.cell.id},
          {"mean", mean(times)},
          {"stddev", deviation(times)},
          {"median", measured.summary.time_ns.median / kNsPerSecond},
          {"user", mean_of(measured.cell, &engine::Cost::user_cpu_ns)},
          {"system", mean_of(measured.cell, &engine::Cost::system_cpu_ns)},
          {"min", measured.summary.min_ns / kNsPerSecond},
          {"max", measured.summary.max_ns / kNsPerSecond},
          {"times", times},
          {"exit_codes", std::vector<int>(times.size(), 0)},
          {"parameters", parameters_of(measured.cell)}};
}

}  // namespace

// What hyperfine --export-json writes, and its scripts read: seconds.
std::string export_hyperfine(const Report&, std::span<const Measured> cells) {
  Json results = Json::array();
  for (const Measured& measured : cells) results.push_back(result_of(measured));
  return json_text({{"results", results}});
}

}  // namespace writebench::reports
