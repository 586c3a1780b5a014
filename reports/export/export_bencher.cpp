#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/export/export.hpp"
#include "reports/json_text.hpp"

namespace writebench::reports {
namespace {

using Json = nlohmann::ordered_json;

// The bounds are the 95 % interval of the median; they are left out if there are too few trials for one.
Json latency_of(const Estimate& time_ns) {
  Json latency{{"value", time_ns.median}};
  if (time_ns.ci95) {
    latency["lower_value"] = time_ns.ci95->low;
    latency["upper_value"] = time_ns.ci95->high;
  }
  return latency;
}

// The shortest time gives the highest rate.
Json throughput_of(const Measured& measured) {
  const auto rate = [&](double ns) {
    return static_cast<double>(measured.cell.parameters.lines) / (std::max(ns, 1.0) / 1e9);
  };
  Json throughput{{"value", measured.summary.lines_per_second}};
  if (const auto& interval = measured.summary.time_ns.ci95) {
    throughput["lower_value"] = rate(interval->high);
    throughput["upper_value"] = rate(interval->low);
  }
  return throughput;
}

}  // namespace

// Bencher Metric Format: latency in nanoseconds, throughput in lines per second.
std::string export_bencher(const Report&, std::span<const Measured> cells) {
  Json benchmarks = Json::object();
  for (const Measured& measured : cells) {
    benchmarks[name_of(measured.cell)] = {{"latency", latency_of(measured.summary.time_ns)},
                                          {"throughput", throughput_of(measured)}};
  }
  return json_text(benchmarks);
}

}  // namespace writebench::reports
