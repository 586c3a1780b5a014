#include "gate/metric.hpp"

#include <vector>

namespace writebench::gate {

std::span<const Metric> metrics() {
  static const std::vector<Metric> all = [] {
    std::vector<Metric> metrics;
    for (const engine::SampleField& field : engine::sample_fields()) {
      if (!field.metric.empty()) metrics.push_back({field.word(), field.metric, &field});
      if (field.name == "time_ns") metrics.push_back({"lines-per-second", "the same as a rate", &field, true});
    }
    return metrics;
  }();
  return all;
}

std::optional<double> value_of(const Metric& metric, const engine::Sample& sample) {
  if (sample.outcome != engine::Outcome::kOk) return std::nullopt;
  const auto value = metric.field->of(sample);
  return value && *value > 0 ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

}  // namespace writebench::gate
