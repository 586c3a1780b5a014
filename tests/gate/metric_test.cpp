#include "gate/metric.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/gate/made_up.hpp"

namespace writebench::gate {
namespace {

using tests::metric_called;

engine::Sample full_sample() {
  engine::Sample sample = tests::sample_of(0, 2000);
  sample.submitted_ns = 1000;
  sample.stall_p99_ns = 30;
  sample.cost.user_cpu_ns = 400;
  sample.cost.system_cpu_ns = 50;
  sample.cost.voluntary_switches = 7;
  sample.cost.involuntary_switches = 2;
  sample.cost.write_syscalls = 11;
  sample.cost.peak_rss_bytes = 4096;
  return sample;
}

TEST(Metric, EachIsTakenFromItsPartOfTheSample) {
  const std::map<std::string_view, double> known{{"time", 2000},    {"lines-per-second", 2000}, {"submitted", 1000},
                                                 {"drained", 2000}, {"stall-p99", 30},          {"cpu", 450},
                                                 {"switches", 9},   {"write-syscalls", 11},     {"peak-rss", 4096}};
  ASSERT_EQ(metrics().size(), known.size());
  for (const Metric& metric : metrics())
    EXPECT_EQ(value_of(metric, full_sample()), known.at(metric.name)) << metric.name;
}

TEST(Metric, TimeIsUntilDurableWhereThatWasAskedFor) {
  engine::Sample sample = full_sample();
  sample.durable_ns = 5000;
  EXPECT_EQ(value_of(metric_called("time"), sample), 5000);
  EXPECT_EQ(value_of(metric_called("drained"), sample), 2000);
}

TEST(Metric, WhatIsUnknownZeroOrOfAFailedTrialHasNoValue) {
  engine::Sample failed = full_sample();
  failed.outcome = engine::Outcome::kIncorrect;
  engine::Sample unknown;
  unknown.outcome = engine::Outcome::kOk;
  for (const Metric& metric : metrics()) {
    EXPECT_FALSE(value_of(metric, failed)) << metric.name;
    EXPECT_FALSE(value_of(metric, unknown)) << metric.name;
  }
  engine::Sample zero = full_sample();
  zero.cost.write_syscalls = 0;
  EXPECT_FALSE(value_of(metric_called("write-syscalls"), zero));
}

TEST(Metric, ASumWithOnePartUnknownIsUnknown) {
  engine::Sample sample = full_sample();
  sample.cost.system_cpu_ns.reset();
  sample.cost.voluntary_switches.reset();
  EXPECT_FALSE(value_of(metric_called("cpu"), sample));
  EXPECT_FALSE(value_of(metric_called("switches"), sample));
}

TEST(Metric, ComparisonsNameEveryOneWithItsUnit) {
  std::ifstream file(WRITEBENCH_SOURCE_DIR "/gate/comparison.schema.json");
  const auto properties = nlohmann::json::parse(file).at("properties");
  std::set<std::string> names;
  for (const Metric& metric : metrics()) {
    names.insert(metric.name);
    const auto unit = metric.unit().empty() ? nlohmann::json(nullptr) : nlohmann::json(metric.unit());
    const auto& units = properties.at("unit").at("enum");
    EXPECT_NE(std::find(units.begin(), units.end(), unit), units.end()) << metric.name;
  }
  EXPECT_EQ(properties.at("metric").at("enum").get<std::set<std::string>>(), names);
}

TEST(Metric, TimeComesFirstAndOnlyOneTimesEveryAppend) {
  EXPECT_EQ(metrics().front().name, "time");
  for (const Metric& metric : metrics()) {
    EXPECT_EQ(metric.observed(), metric.name == "stall-p99");
    EXPECT_EQ(metric.rate, metric.name == "lines-per-second");
  }
}

}  // namespace
}  // namespace writebench::gate
