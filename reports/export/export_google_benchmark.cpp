#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/export/export.hpp"
#include "reports/json_text.hpp"
#include "reports/medians.hpp"

namespace writebench::reports {
namespace {

using Json = nlohmann::ordered_json;
using engine::Sample;

const engine::SampleField& kCpu = engine::sample_field("cpu_ns");

// Readers of the format refuse a json_schema_version that they do not know, so ours has another name.
Json context_of(const Report& report) {
  Json json{{"date", report.started_at},
            {"executable", report.command_line.front()},
            {"num_cpus", report.environment.cpus},
            {"library_build_type", report.build.type == "Release" ? "release" : "debug"},
            {"writebench_schema", kSchema},
            {"writebench_version", report.build.version},
            {"complete", report.complete}};
  if (const auto& governor = report.environment.cpu_governor) json["cpu_scaling_enabled"] = *governor != "performance";
  if (const auto& load = report.environment.load_average) json["load_avg"] = {*load};
  return json;
}

// The common part of all rows of a cell, in Google Benchmark's order.
Json row_of(const Measured& measured, std::size_t family, std::size_t repetitions, std::size_t repetition) {
  const engine::Cell& cell = measured.cell;
  return {{"name", name_of(cell)},
          {"family_index", family},
          {"per_family_instance_index", 0},
          {"run_name", name_of(cell)},
          {"run_type", "iteration"},
          {"repetitions", repetitions},
          {"repetition_index", repetition},
          {"threads", cell.parameters.find(kThreads.name) ? cell.parameters.value(kThreads) : 1},
          {"iterations", 1}};
}

template <class Nanoseconds>
void set_times(Json& row, const engine::Cell& cell, Nanoseconds real_ns, const std::optional<Nanoseconds>& cpu_ns) {
  row["real_time"] = real_ns;
  if (cpu_ns) row["cpu_time"] = *cpu_ns;
  row["time_unit"] = "ns";
  const double seconds = std::max(static_cast<double>(real_ns), 1.0) / 1e9;
  row["items_per_second"] = static_cast<double>(cell.parameters.lines) / seconds;
  if (cell.strategy.contract.order != Order::kNothing) {
    row["bytes_per_second"] = static_cast<double>(cell.bytes) / seconds;
  }
}

std::string text_of(const Report& report, Json rows) {
  return json_text({{"context", context_of(report)}, {"benchmarks", std::move(rows)}});
}

}  // namespace

// Input of compare.py, which comes with Google Benchmark: a row for each trial, those of a cell under one name.
std::string export_google_benchmark(const Report& report, std::span<const Measured> cells) {
  Json rows = Json::array();
  for (std::size_t family = 0; family < cells.size(); ++family) {
    const Measured& measured = cells[family];
    std::size_t repetition = 0;
    for (const Sample& sample : measured.cell.samples) {
      Json row = row_of(measured, family, measured.summary.trials, repetition++);
      set_times(row, measured.cell, *sample.time_ns(), kCpu.of(sample));
      rows.push_back(std::move(row));
    }
  }
  return text_of(report, std::move(rows));
}

// The same with one row for each cell, its median: github-action-benchmark (tool googlecpp) takes only the first row of
// a name.
std::string export_google_benchmark_median(const Report& report, std::span<const Measured> cells) {
  Json rows = Json::array();
  for (std::size_t family = 0; family < cells.size(); ++family) {
    const Measured& measured = cells[family];
    Json row = row_of(measured, family, 1, 0);
    row["iterations"] = measured.summary.trials;
    set_times(row, measured.cell, measured.summary.time_ns.median, median_of(measured.cell, kCpu));
    rows.push_back(std::move(row));
  }
  return text_of(report, std::move(rows));
}

}  // namespace writebench::reports
