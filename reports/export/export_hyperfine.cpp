#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

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

using Settings = std::vector<std::pair<std::string, std::string>>;

// Everything that a run can vary, by the names of the report. hyperfine writes all values as strings.
Settings settings_of(const engine::Cell& cell) {
  const engine::Workload& work = cell.workload;
  const auto bytes = [](const std::optional<std::uint64_t>& value) { return value ? std::to_string(*value) : ""; };
  Settings settings{{"lines", std::to_string(cell.asked_lines.value_or(cell.parameters.lines))},
                    {"durability", to_string(cell.parameters.durability)},
                    {"line_bytes", work.min_line_bytes == work.max_line_bytes
                                       ? bytes(work.min_line_bytes)
                                       : bytes(work.min_line_bytes) + ".." + bytes(work.max_line_bytes)},
                    {"think_ns", std::to_string(work.pace.think.count())},
                    {"due_lines_per_second", fmt::format("{}", work.pace.lines_per_second)},
                    {"burst_lines", std::to_string(work.pace.burst_lines)},
                    {"file_state", std::string(engine::to_string(work.file_state))},
                    {"preallocation", std::string(engine::to_string(work.preallocation))}};
  if (work.random_bytes) settings.emplace_back("line_content", "random");
  if (work.cold_caches) settings.emplace_back("caches", "cold");
  for (const OptionValue& option : cell.parameters.options) {
    settings.emplace_back(option.key, option.kind == Option::Kind::kWord ? option.word : std::to_string(option.number));
  }
  return settings;
}

// The settings in which the cells of this strategy differ. plot_parametrized.py takes a result only if it has exactly
// one parameter.
Json swept_parameters_of(const engine::Cell& cell, std::span<const Measured> cells) {
  Json json = Json::object();
  for (const auto& setting : settings_of(cell)) {
    const bool swept = std::any_of(cells.begin(), cells.end(), [&](const Measured& other) {
      if (other.cell.strategy.name != cell.strategy.name) return false;
      const Settings settings = settings_of(other.cell);
      return std::find(settings.begin(), settings.end(), setting) == settings.end();
    });
    if (swept) json[setting.first] = setting.second;
  }
  return json;
}

// The strategy, which twin of it, and on which part of the lines.
std::string command_of(const engine::Cell& cell) {
  const std::size_t twin = cell.twin_of.empty() ? cell.id.npos : cell.id.rfind('#');
  return cell.strategy.name + (twin == cell.id.npos ? "" : cell.id.substr(twin)) + name_of(cell).substr(cell.id.size());
}

Json result_of(const Measured& measured, std::span<const Measured> cells) {
  std::vector<double> times;  // seconds
  for (const double ns : engine::times_ns(measured.cell)) times.push_back(ns / kNsPerSecond);
  Json json{{"command", command_of(measured.cell)},
            {"mean", mean(times)},
            {"stddev", deviation(times)},
            {"median", measured.summary.time_ns.median / kNsPerSecond},
            {"user", mean_of(measured.cell, &engine::Cost::user_cpu_ns)},
            {"system", mean_of(measured.cell, &engine::Cost::system_cpu_ns)},
            {"min", measured.summary.min_ns / kNsPerSecond},
            {"max", measured.summary.max_ns / kNsPerSecond},
            {"times", times},
            {"exit_codes", std::vector<int>(times.size(), 0)}};
  // hyperfine leaves this out if there is none.
  if (Json parameters = swept_parameters_of(measured.cell, cells); !parameters.empty()) {
    json["parameters"] = std::move(parameters);
  }
  return json;
}

}  // namespace

// What hyperfine --export-json writes, and its scripts read: seconds.
std::string export_hyperfine(const Report& report, std::span<const Measured> cells) {
  Json results = Json::array();
  for (const Measured& measured : cells) results.push_back(result_of(measured, cells));
  Json json{{"results", std::move(results)}};
  if (!report.complete) json["complete"] = false;  // readers look at the results alone
  return json_text(json);
}

}  // namespace writebench::reports
