#include "reports/json.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace writebench::reports {
namespace {

using engine::Cell;
using engine::Outcome;
using engine::Sample;
using nlohmann::json;

Sample sample_of(int round, std::int64_t time_ns) {
  Sample sample;
  sample.round = round;
  sample.outcome = Outcome::kOk;
  sample.submitted_ns = time_ns;
  sample.drained_ns = time_ns;
  return sample;
}

Cell cell_of(std::string_view strategy) {
  Cell cell;
  cell.id = strategy;
  cell.strategy.name = strategy;
  cell.strategy.family = "dispatch";
  cell.parameters.lines = 3;
  cell.bytes = 21;
  return cell;
}

Report report_of(std::vector<Cell> cells) {
  Report report;
  report.started_at = "2000-01-01T00:00:00Z";
  report.command_line = {"writebench"};
  report.environment.directory = "/data";
  report.environment.file_system = "ext4";
  report.cells = std::move(cells);
  return report;
}

// Parses strictly: no NaN, no Infinity, no broken UTF-8.
json parsed(const Report& report) { return json::parse(to_json(report)); }

TEST(Json, IsOneObjectThatEndsWithANewline) {
  const std::string text = to_json(report_of({}));
  EXPECT_TRUE(text.ends_with("}\n"));
  EXPECT_TRUE(json::accept(text));
}

TEST(Json, NamesItsSchemaAndItsTool) {
  const json report = parsed(report_of({}));
  EXPECT_EQ(report["writebench_schema"], kSchema);
  EXPECT_EQ(report["tool"]["name"], "writebench");
  EXPECT_EQ(report["complete"], false);
}

TEST(Json, HoldsEveryRawTimeAndWhatFollowsFromThem) {
  Cell cell = cell_of("sync");
  cell.add(sample_of(0, 30));
  cell.add(sample_of(1, 10));
  cell.add(sample_of(2, 20));
  const json written = parsed(report_of({cell}))["cells"][0];
  EXPECT_EQ(written["samples"].size(), 3u);
  EXPECT_EQ(written["samples"][1]["time_ns"], 10);
  EXPECT_EQ(written["samples"][1]["round"], 1);
  EXPECT_EQ(written["status"], "ok");
  EXPECT_TRUE(written["status_detail"].is_null());
  EXPECT_EQ(written["summary"]["time_ns"]["median"], 20);
  EXPECT_EQ(written["summary"]["trials"], 3);
  EXPECT_DOUBLE_EQ(written["summary"]["ratio_to_reference"]["median"], 1);
  EXPECT_TRUE(written["summary"]["ratio_to_reference"]["ci95_low"].is_null());
  EXPECT_TRUE(written["summary"]["fraction_of_ceiling"].is_null());
}

TEST(Json, WritesTimesAsWholeNumbers) {
  Cell cell = cell_of("sync");
  cell.add(sample_of(0, 3));
  cell.add(sample_of(1, 4));
  const json time = parsed(report_of({cell}))["cells"][0]["summary"]["time_ns"];
  for (const char* const name : {"median", "mad", "min", "max"}) EXPECT_TRUE(time[name].is_number_integer()) << name;
}

TEST(Json, LeavesUnknownCountersOutAndKeepsZeroesIn) {
  Cell cell = cell_of("sync");
  Sample sample = sample_of(0, 10);
  sample.cost.minor_faults = 0;
  sample.cost.write_syscalls = 7;
  cell.add(sample);
  const json written = parsed(report_of({cell}))["cells"][0]["samples"][0];
  EXPECT_EQ(written["minor_faults"], 0);
  EXPECT_EQ(written["write_syscalls"], 7);
  for (const char* const unknown : {"prepare_ns", "user_cpu_ns", "system_cpu_ns", "voluntary_switches",
                                    "involuntary_switches", "major_faults", "peak_rss_bytes", "detail"}) {
    EXPECT_FALSE(written.contains(unknown)) << unknown;
  }
  EXPECT_TRUE(written.contains("durable_ns"));
  EXPECT_TRUE(written["durable_ns"].is_null());
}

TEST(Json, SaysNullWhereTheEnvironmentIsUnknown) {
  const json environment = parsed(report_of({}))["environment"];
  for (const char* const name : {"cpu_model", "memory_bytes", "virtualisation", "mount_options", "device"}) {
    EXPECT_TRUE(environment.at(name).is_null()) << name;
  }
}

TEST(Json, GivesAFailedTrialItsReasonAndNoTime) {
  Cell cell = cell_of("buffered");
  Sample sample = sample_of(0, 10);
  sample.outcome = Outcome::kIncorrect;
  sample.detail = "1 line lost";
  cell.add(sample);
  const json written = parsed(report_of({cell}))["cells"][0];
  EXPECT_EQ(written["status"], "incorrect");
  EXPECT_EQ(written["status_detail"], "1 line lost");
  EXPECT_EQ(written["samples"][0]["detail"], "1 line lost");
  EXPECT_TRUE(written["samples"][0]["time_ns"].is_null());
  EXPECT_TRUE(written["summary"].is_null());
}

TEST(Json, SaysNullForACellThatHasNotRunYet) {
  const json written = parsed(report_of({cell_of("buffered")}))["cells"][0];
  EXPECT_TRUE(written["status"].is_null());
  EXPECT_TRUE(written["samples"].is_array());
  EXPECT_TRUE(written["samples"].empty());
  EXPECT_TRUE(written["summary"].is_null());
}

TEST(Json, HasNoNumberThatIsNone) {
  Cell reference = cell_of("sync");
  reference.add(sample_of(0, 0));
  reference.add(sample_of(1, std::numeric_limits<std::int64_t>::max()));
  Cell empty = cell_of("bulk");
  empty.parameters.lines = 0;
  empty.bytes = 0;
  empty.add(sample_of(0, 0));
  Cell large = cell_of("buffered");
  large.bytes = std::numeric_limits<std::uint64_t>::max();
  large.parameters.lines = std::numeric_limits<std::uint64_t>::max();
  large.add(sample_of(0, 1));
  large.add(sample_of(1, 0));
  const json report = parsed(report_of({reference, empty, large}));
  EXPECT_TRUE(report["cells"][1]["summary"]["ns_per_line"].is_null());
  EXPECT_EQ(report["cells"][1]["summary"]["lines_per_second"], 0);
  for (const json& cell : report["cells"]) {
    EXPECT_TRUE(cell["summary"]["bytes_per_second"].is_number());
    EXPECT_TRUE(cell["summary"]["time_ns"]["median"].is_number());
  }
}

TEST(Json, StaysValidWhereAPathOrAMessageIsNoUtf8) {
  Report report = report_of({cell_of("buffered")});
  report.environment.directory = "/data/caf\xe9";
  report.command_line = {"writebench", "--dir", "caf\xe9\xff", "na\xc3\xafve \"quoted\"\n"};
  Sample sample;
  sample.detail = "write /data/\xe9: no space";
  report.cells[0].add(sample);
  report.warnings = {{"odd", "\xc3"}};
  const json written = parsed(report);
  EXPECT_EQ(written["environment"]["directory"], "/data/caf\uFFFD");
  EXPECT_EQ(written["command_line"][3], "naïve \"quoted\"\n");
  EXPECT_EQ(written["cells"][0]["status_detail"], "write /data/\uFFFD: no space");
  EXPECT_EQ(written["warnings"][0]["message"], "\uFFFD");
}

TEST(Json, KeepsEveryDigitOfTheSeed) {
  Report report = report_of({});
  report.plan.seed = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(parsed(report)["plan"]["seed"].get<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
}

TEST(Json, SaysNullWhereThereIsNoBudget) {
  Report report = report_of({});
  report.plan.budget.reset();
  EXPECT_TRUE(parsed(report)["plan"]["budget_ns"].is_null());
  report.plan.budget = std::chrono::milliseconds(1500);
  EXPECT_EQ(parsed(report)["plan"]["budget_ns"], 1'500'000'000);
}

TEST(Json, SaysWhatACellPromisesAndUses) {
  Cell cell = cell_of("buffered");
  cell.strategy.contract.order = Order::kPerWriter;
  cell.parameters.set(kWriters, 10);
  cell.parameters.set(kBufferSize, 4096);
  cell.parameters.durability = {.kind = Durability::Kind::kBytes, .interval_bytes = 4096};
  Cell control = cell_of("null");
  control.strategy.contract.order = Order::kNothing;
  const json report = parsed(report_of({cell, control}));
  const json& cells = report["cells"];
  ASSERT_EQ(report["options"].size(), 2u);
  EXPECT_EQ(
      report["options"][0],
      json({{"name", "buffer-size"}, {"key", "buffer_bytes"}, {"kind", "bytes"}, {"summary", "size of one block"}}));
  EXPECT_EQ(cells[0]["contract"]["order"], "per-writer");
  EXPECT_EQ(cells[0]["contract"]["layout"], "one-file");
  EXPECT_EQ(cells[0]["contract"]["durability"], "bytes=4096");
  EXPECT_EQ(cells[0]["parameters"]["durability"], "bytes=4096");
  EXPECT_EQ(cells[0]["parameters"]["writers"], 10);
  EXPECT_EQ(cells[0]["parameters"]["buffer_bytes"], 4096);
  EXPECT_TRUE(cells[1]["contract"]["order"].is_null());
  EXPECT_EQ(cells[1]["contract"]["durability"], "none");
  EXPECT_EQ(cells[1]["parameters"], json({{"lines", 3}, {"durability", "none"}}));
}

std::optional<std::string> no_kernel() { return "needs a kernel of next year"; }

TEST(Json, ListsStrategiesAndWhyOneCannotRun) {
  const Descriptor strategies[] = {
      {.name = "here",
       .family = "control",
       .summary = "runs",
       .role = Role::kControl,
       .contract = {.each_line_durable = false}},
      {.name = "not-here", .family = "control", .summary = "does not", .unavailable = no_kernel}};
  const json list = json::parse(to_json(strategies, {})).at("strategies");
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0]["name"], "here");
  EXPECT_EQ(list[0]["summary"], "runs");
  EXPECT_EQ(list[0]["role"], "control");
  EXPECT_EQ(list[1]["role"], "strategy");
  EXPECT_EQ(list[0]["available"], true);
  EXPECT_EQ(list[0]["contract"]["each_line_durable"], false);
  EXPECT_TRUE(list[0]["unavailable_because"].is_null());
  EXPECT_EQ(list[1]["available"], false);
  EXPECT_EQ(list[1]["unavailable_because"], "needs a kernel of next year");
}

}  // namespace
}  // namespace writebench::reports
