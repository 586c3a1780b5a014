#include "reports/read/read_distribution.hpp"

#include <fmt/format.h>

#include <cmath>

namespace writebench::reports {
namespace {

engine::Distribution::Bucket read_bucket(const Field& field) {
  const std::vector<Field> parts = field.items();
  if (parts.size() != 3) field.refuse("must be [from, to, count]");
  engine::Distribution::Bucket bucket{parts[0].amount(), parts[1].amount(), parts[2].whole<std::uint64_t>(1)};
  if (bucket.high_ns < bucket.low_ns) field.refuse("ends before it begins");
  return bucket;
}

}  // namespace

engine::Distribution read_distribution(const Field& field) {
  engine::Distribution distribution;
  if (field.is_null()) return distribution;
  const Field histogram = field.at("histogram");
  for (const Field& item : histogram.items()) {
    const auto bucket = read_bucket(item);
    auto& buckets = distribution.buckets;
    if (!buckets.empty() && bucket.low_ns <= buckets.back().high_ns) item.refuse("does not follow the one before it");
    distribution.count += bucket.count;
    buckets.push_back(bucket);
  }
  if (distribution.buckets.empty()) histogram.refuse("must not be empty");
  if (field.at("count").whole<std::uint64_t>() != distribution.count) {
    field.at("count").refuse("is not the number that the histogram holds");
  }
  distribution.max_ns = field.at("max").amount();
  if (distribution.max_ns < distribution.buckets.back().low_ns) field.at("max").refuse("is below the histogram's last");
  const struct {
    const char* key;
    double quantile;
  } percentiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}};
  for (const auto& [key, quantile] : percentiles) {
    const auto written = field.at(key).or_null(&Field::amount);
    if (!written && !distribution.percentile_ns(quantile)) continue;
    // Earlier versions wrote percentiles of too few durations too.
    const double computed = distribution.unsupported_percentile_ns(quantile).value_or(0);
    if (!written || std::abs(static_cast<double>(*written) - computed) > 1) {
      field.at(key).refuse(fmt::format("is {}, and the histogram gives {:.0f}", field.at(key).shown(), computed));
    }
  }
  return distribution;
}

}  // namespace writebench::reports
