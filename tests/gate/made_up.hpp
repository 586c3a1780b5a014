#pragma once

#include <cmath>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gate/metric.hpp"
#include "reports/report.hpp"

namespace writebench::tests {

inline engine::Sample sample_of(int round, double time_ns) {
  engine::Sample sample;
  sample.round = round;
  sample.outcome = engine::Outcome::kOk;
  sample.prepare_ns = 0;
  sample.submitted_ns = sample.drained_ns = std::llround(time_ns);
  return sample;
}

inline engine::Sample failed_sample(engine::Outcome outcome, std::string detail) {
  engine::Sample sample;
  sample.outcome = outcome;
  sample.detail = std::move(detail);
  return sample;
}

inline const gate::Metric& metric_called(std::string_view name) {
  for (const gate::Metric& metric : gate::metrics()) {
    if (metric.name == name) return metric;
  }
  throw std::out_of_range(std::string(name));
}

/// A cell whose id is its strategy's name, and whose trials took those times, round by round.
inline engine::Cell cell_of(std::string_view name, const std::vector<double>& times_ns = {}) {
  engine::Cell cell;
  cell.id = name;
  cell.strategy.name = name;
  cell.strategy.family = "caller writes";
  cell.parameters.lines = 1000;
  cell.bytes = 8890;
  for (const double time_ns : times_ns) cell.add(sample_of(static_cast<int>(cell.samples.size()), time_ns));
  return cell;
}

inline reports::Report report_of(std::vector<engine::Cell> cells) {
  reports::Report report;
  report.complete = true;
  report.started_at = "2001-02-03T04:05:06Z";
  report.command_line = {"writebench"};
  report.build.version = "1.2.3";
  report.build.compiler = "GNU 12";
  report.cells = std::move(cells);
  return report;
}

/// A side of one session: rounds of the same number are pairs.
inline reports::Report side_of(const char* side, std::vector<engine::Cell> cells) {
  reports::Report report = report_of(std::move(cells));
  report.pairing = {"a session", side};
  return report;
}

/// So many values around one, with log-normal noise of that width.
inline std::vector<double> noisy(double median, double sigma, int count, std::mt19937_64& random) {
  std::lognormal_distribution<double> noise(std::log(median), sigma);
  std::vector<double> values(static_cast<std::size_t>(count));
  for (double& value : values) value = noise(random);
  return values;
}

}  // namespace writebench::tests
