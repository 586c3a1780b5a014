#include "reports/read/read.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "reports/json.hpp"
#include "reports/read/json_load.hpp"
#include "tests/reports/full_report.hpp"
#include "tests/reports/report_on_disk.hpp"

namespace writebench::reports {
namespace {

using nlohmann::json;
using tests::full_report;
using tests::ReportOnDisk;

std::string refusal_of_file(const std::string& path) {
  try {
    read_report(path);
    return "";
  } catch (const BadReport& refusal) {
    return refusal.what();
  }
}

std::string refusal_of(std::string_view text) { return refusal_of_file(ReportOnDisk(text).path()); }

void expect_contains(const std::string& text, std::initializer_list<std::string> parts) {
  for (const std::string& part : parts) EXPECT_NE(text.find(part), std::string::npos) << part << " in: " << text;
  EXPECT_EQ(text.find('\n'), std::string::npos) << text;
}

TEST(Read, GivesBackEverythingThatWasWritten) {
  const std::string text = to_json(full_report());
  const ReportOnDisk file(text);
  EXPECT_EQ(to_json(read_report(file.path())), text);
}

TEST(Read, GivesBackAReportWhereHardlyAnythingIsKnown) {
  Report report = full_report();
  report.plan.budget.reset();
  report.environment = {};
  report.cells = {report.cells[1]};
  report.warnings.clear();
  const std::string text = to_json(report);
  const ReportOnDisk file(text);
  EXPECT_EQ(to_json(read_report(file.path())), text);
}

TEST(Read, KeepsTheNamesAfterTheFileIsGone) {
  Report report;
  {
    const ReportOnDisk file(to_json(full_report()));
    report = read_report(file.path());
  }
  EXPECT_EQ(report.cells[4].strategy.name, "naive-async");
  EXPECT_EQ(report.cells[4].strategy.family, "dispatch");
}

TEST(Read, PassesOverKeysThatItDoesNotKnow) {
  json report = json::parse(to_json(full_report()));
  report["later"] = {{"a", json::array({1, nullptr})}};
  report["cells"][0]["later"] = "text";
  report["cells"][2]["samples"][0]["later_ns"] = -1;
  const ReportOnDisk file(report.dump());
  EXPECT_EQ(to_json(read_report(file.path())), to_json(full_report()));
}

TEST(Read, PassesOverWhatEarlierVersionsComparedAtARate) {
  json report = json::parse(to_json(full_report()));
  json& paced = report["cells"].back();
  ASSERT_TRUE(paced["workload"]["due_lines_per_second"].is_number());
  paced["summary"]["ratio_to_reference"] = {{"median", 1.5}, {"ci95_low", nullptr}, {"ci95_high", nullptr}};
  paced["summary"]["fraction_of_ceiling"] = 0.01;
  paced.erase("pace_late_ns");
  Report expected = full_report();
  expected.cells.back().pace_late = {};
  const ReportOnDisk file(report.dump());
  EXPECT_EQ(to_json(read_report(file.path())), to_json(expected));
}

TEST(Read, RefusesWhatIsNoReadableFile) {
  const std::string directory = testing::TempDir();
  expect_contains(refusal_of_file(directory + "none.json"), {directory + "none.json'", "does not exist"});
  expect_contains(refusal_of_file(directory), {"is a directory", "name the report"});
  expect_contains(refusal_of_file("/dev/zero"), {"'/dev/zero'", "neither a regular file nor a pipe"});
  const std::string pipe = directory + "writebench-read-test-pipe";
  ::unlink(pipe.c_str());
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect_contains(refusal_of_file(pipe), {"is empty"});
  ::unlink(pipe.c_str());
}

TEST(Read, RefusesAFileThatIsTooLargeBeforeItIsRead) {
  const ReportOnDisk file("{");
  ASSERT_EQ(::truncate(file.path().c_str(), static_cast<off_t>(kMostReportBytes) + 1), 0);
  expect_contains(refusal_of_file(file.path()), {"larger than a report can be", std::to_string(kMostReportBytes)});
}

TEST(Read, SaysWhatAFileIsThatIsNoReport) {
  const struct {
    std::string text;
    std::string said;
  } files[] = {
      {"", "is empty"},
      {" \n\t", "is empty"},
      {"line#0\nline#1\n", "is not JSON"},
      {"[1, 2", "is not JSON"},
      {"[1, 2]", "is not a report of writebench"},
      {"{\"benchmarks\": []}", "is not a report of writebench"},
      {"null", "is not a report of writebench"},
      {"{\"writebench_schema\": 3}", "written by a newer writebench"},
      {"{\"writebench_schema\": 0}", "writebench_schema must be at least 1, not 0"},
      {"{\"writebench_schema\": \"1\"}", "writebench_schema must be a whole number, not \"1\""},
      {"{\"writebench_schema\": 1}", "tool is missing"},
      {"{\"writebench_schema\": 2}", "tool is missing"},
      {"{\"writebench_schema\": 1,\n \"tool\": NaN}", "not valid JSON from line 2, column 10 on"},
      {"{\"writebench_schema\": 1, }", "not valid JSON from line 1, column 26 on"},
      {"{\"writebench_schema\": 1} more", "not valid JSON from line 1"},
      {"{\"writebench_schema\": 1e999}", "too large"},
      {"{\"writebench_schema\": 1, \"caf\xe9\": 1}", "not valid JSON"},
  };
  for (const auto& [text, said] : files)
    expect_contains(refusal_of(text), {said, fmt::format("'{}", testing::TempDir())});
}

TEST(Read, SaysThatAFileEndsInTheMiddleWhereverItWasCutOff) {
  const std::string text = to_json(full_report());
  for (std::size_t bytes = 1; bytes < text.size() - 2; bytes += 97) {
    expect_contains(refusal_of(std::string_view(text).substr(0, bytes)), {"ends in the middle", "cut off"});
  }
  EXPECT_EQ(refusal_of(std::string_view(text).substr(0, text.size() - 1)), "") << "but for its last newline";
}

TEST(Read, IsNotBroughtDownByDepth) {
  for (const std::string begin : {"", "{\"writebench_schema\": 1, \"cells\": "}) {
    expect_contains(refusal_of(begin + std::string(1'000'000, '[')), {"too deeply"});
  }
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  expect_contains(refusal_of(objects), {"too deeply"});
}

TEST(Read, IsNotBroughtDownByTheNumberOfValues) {
  EXPECT_EQ(parse_json("[0,0,[0]]", "r.json", 5).size(), 3u);
  try {
    parse_json("[0,0,[0,0]", "r.json", 5);  // refused before its end is missed
    FAIL();
  } catch (const BadReport& refusal) {
    expect_contains(refusal.what(), {"'r.json'", "more values than a report"});
  }
}

TEST(Read, IsNotBroughtDownByTheNumberOfCellsOrTrials) {
  json report = json::parse(to_json(full_report()));
  json many = json::array();
  for (std::size_t i = 0; i <= kMostCells; ++i) many.push_back({{"samples", json::array()}});
  report["cells"] = many;
  expect_contains(refusal_of(report.dump()), {"cells has more than 10000 cells"});
}

TEST(Read, NamesTheValueThatIsWrong) {
  json report = json::parse(to_json(full_report()));
  report["cells"][2]["samples"][1]["round"] = 0;
  expect_contains(refusal_of(report.dump()), {"cells[2].samples[1].round must follow"});
  report["cells"][2]["samples"][1]["round"] = "\u202e";
  expect_contains(refusal_of(report.dump()), {"cells[2].samples[1].round must be a whole number, not \"\\u202e\""});
}

// A cell of full_report(): 2 is sync, with all that can be known in its last sample.
TEST(Read, NamesWhatWasEdited) {
  const struct {
    const char* at;
    std::optional<json> value;  // none: removed
    const char* said;
  } edits[] = {
      {"/tool", std::nullopt, "tool is missing"},
      {"/tool/name", "other", "tool.name must be \"writebench\""},
      {"/tool/libraries/a", 1, "tool.libraries.a must be a text, not 1"},
      {"/tool/assertions", "yes", "tool.assertions must be true or false"},
      {"/started_at", "yesterday", "started_at must be a time such as"},
      {"/command_line", json::array(), "command_line must not be empty"},
      {"/command_line/0", nullptr, "command_line[0] must be a text, not null"},
      {"/complete", 1, "complete must be true or false, not 1"},
      {"/complete", true, "cells[10].status is null in a report that says it is complete"},
      {"/plan/max_trials", 0, "plan.max_trials must be at least 1, not 0"},
      {"/plan/precision", 1.5, "plan.precision must be at most 1, not 1.5"},
      {"/plan/budget_ns", -1, "plan.budget_ns must not be negative"},
      {"/environment/cpus", 1ull << 32, "environment.cpus must be at most 4294967295"},
      {"/environment/device/rotational", 0, "environment.device.rotational must be true or false"},
      {"/environment/load_average", -0.5, "environment.load_average must be at least 0"},
      {"/harness/clock_read_ns", nullptr, "harness.clock_read_ns must be a number, not null"},
      {"/ranking", 3, "ranking must be an array, not 3"},
      {"/ranking/0/cells/0/rank", 0, "ranking[0].cells[0].rank must be at least 1"},
      {"/pairing/side", "left", "pairing.side must be base or head, not \"left\""},
      {"/warnings/0/message", "", "warnings[0].message must not be empty"},
      {"/cells", json::array(), "cells must not be empty"},
      {"/cells", json::object(), "cells must be an array, not an object"},
      {"/cells/4/id", "sync", "cells[4].id repeats the id of another cell"},
      {"/cells/3/twin_of", "sync#2", "cells[3].twin_of is the cell itself"},
      {"/cells/3/role", "villain", "cells[3].role is an unknown word, \"villain\""},
      {"/cells/3/strategy", "", "cells[3].strategy must not be empty"},
      {"/cells/4/parameters/writers", "ten", "cells[4].parameters.writers must be a whole number"},
      {"/cells/2/parameters/lines", 1000.5, "cells[2].parameters.lines must be a whole number, not 1000.5"},
      {"/cells/2/parameters/lines", 1e30, "cells[2].parameters.lines must be a whole number"},
      {"/cells/2/parameters/durability", "bytes=07", "cells[2].parameters.durability must be none, close"},
      {"/cells/2/samples/0/durable_ns", 100'003, "cells[2].samples[0].durable_ns does not fit the durability, none"},
      {"/cells/2/contract/durability", "close", "cells[2].contract.durability is not that of the parameters"},
      {"/cells/2/contract/order", "some", "cells[2].contract.order is an unknown word, \"some\""},
      {"/cells/2/contract/layout", "tape", "cells[2].contract.layout is an unknown word, \"tape\""},
      {"/cells/4/parameters/ink", 1, "cells[4].parameters.ink is not among the report's options"},
      {"/cells/5/parameters/poll", 1, "cells[5].parameters.poll must be a text"},
      {"/options/0/kind", "ink", "options[0].kind is an unknown word, \"ink\""},
      {"/cells/2/workload/lines_kind", "verse", "cells[2].workload.lines_kind is an unknown word"},
      {"/cells/2/workload/file_state", "old", "cells[2].workload.file_state is an unknown word"},
      {"/cells/2/workload/input", std::nullopt, "cells[2].workload.input is missing"},
      {"/cells/2/status", "fine", "cells[2].status is an unknown word, \"fine\""},
      {"/cells/2/status", "failed", "cells[2].status is \"failed\", and the samples give ok"},
      {"/cells/2/status", nullptr, "cells[2].status is null, and the samples give ok"},
      {"/cells/6/status", "ok", "cells[6].status is \"ok\", and the samples give incorrect"},
      {"/cells/6/status_detail", "all well", "cells[6].status_detail is not that of the sample"},
      {"/cells/9/status_detail", nullptr, "cells[9].status is \"unavailable\", and the samples give null"},
      {"/cells/10/status", "ok", "cells[10].status is \"ok\", and the samples give null"},
      {"/cells/2/samples/0", nullptr, "cells[2].samples[0] must be an object, not null"},
      {"/cells/2/samples/1/round", 0, "cells[2].samples[1].round must follow 0"},
      {"/cells/2/samples/0/round", -1, "cells[2].samples[0].round must not be negative"},
      {"/cells/2/samples/0/position", 1ull << 31, "cells[2].samples[0].position must be at most 2147483647"},
      {"/cells/2/samples/0/outcome", "failed", "cells[2].samples[0].detail is missing"},
      {"/cells/2/samples/0/detail", "well", "cells[2].samples[0].detail must be absent in a trial that was right"},
      {"/cells/7/samples/0/outcome", "timeout", "cells[7].samples[0].detail is missing"},
      {"/cells/2/samples/0/time_ns", -5, "cells[2].samples[0].time_ns must not be negative, and is -5"},
      {"/cells/2/samples/0/time_ns", 5, "cells[2].samples[0].time_ns is 5, which contradicts outcome and clocks"},
      {"/cells/2/samples/0/time_ns", nullptr, "cells[2].samples[0].time_ns is null, which contradicts"},
      {"/cells/2/samples/0/time_ns", std::nullopt, "cells[2].samples[0].time_ns is missing"},
      {"/cells/2/samples/0/time_ns", "5 ms", "cells[2].samples[0].time_ns must be a whole number, not \"5 ms\""},
      {"/cells/2/samples/0/prepare_ns", std::nullopt, "cells[2].samples[0].prepare_ns is missing"},
      {"/cells/2/samples/0/drained_ns", nullptr, "cells[2].samples[0].drained_ns is null in a trial that was right"},
      {"/cells/2/samples/0/submitted_ns", 200'000, "cells[2].samples[0].submitted_ns is later than drained_ns"},
      {"/cells/11/samples/0/drained_ns", 9'000'001, "cells[11].samples[0].drained_ns is later than durable_ns"},
      {"/cells/6/samples/0/time_ns", 5, "cells[6].samples[0].time_ns is 5, which contradicts"},
      {"/cells/2/samples/8/user_cpu_ns", nullptr, "cells[2].samples[8].user_cpu_ns must be a whole number, not null"},
      {"/cells/2/samples/8/interference/slowed_from_ns", std::nullopt, "interference.slowed_from_ns is missing"},
      {"/cells/2/samples/8/interference/slowed_to_share", 2, "interference.slowed_to_share must be at most 1"},
      {"/cells/2/samples/8/disturbances/0", 1, "cells[2].samples[8].disturbances[0] must be a text"},
      {"/cells/2/summary", nullptr, "cells[2].summary must be an object, not null"},
      {"/cells/6/summary", json::object(), "cells[6].summary must be null, because no sample has a time"},
      {"/cells/2/summary/trials", 8, "cells[2].summary.trials is 8, and the samples give 9"},
      {"/cells/2/summary/disturbed_trials", 0, "cells[2].summary.disturbed_trials is 0, and the samples give 1"},
      {"/cells/2/summary/time_ns/median", 90'000, "cells[2].summary.time_ns.median is 90000, and the samples give"},
      {"/cells/2/summary/time_ns/ci95_low", nullptr, "cells[2].summary.time_ns.ci95_low is null, and the samples give"},
      {"/cells/3/summary/time_ns/ci95_low", 5, "cells[3].summary.time_ns.ci95_low is 5, and the samples give null"},
      {"/cells/4/summary/ratio_to_reference/median", 1.01, "cells[4].summary.ratio_to_reference.median is 1.01"},
      {"/cells/4/summary/ratio_to_reference", nullptr, "cells[4].summary.ratio_to_reference must be an object"},
      {"/cells/4/summary/fraction_of_ceiling", 0.9, "cells[4].summary.fraction_of_ceiling is 0.9"},
      {"/cells/4/summary/lines_per_second", 1e300, "cells[4].summary.lines_per_second is 1e+300"},
      {"/cells/2/caller_stall_ns/count", 7,
       "cells[2].caller_stall_ns.count is not the number that the histogram holds"},
      {"/cells/2/caller_stall_ns/p99", 7, "cells[2].caller_stall_ns.p99 is 7, and the histogram gives 41"},
      {"/cells/2/caller_stall_ns/p99", nullptr, "cells[2].caller_stall_ns.p99 is null, and the histogram gives 41"},
      {"/cells/2/caller_stall_ns/max", 7, "cells[2].caller_stall_ns.max is below"},
      {"/cells/5/asked_lines", 1000, "cells[5].asked_lines must be above the lines that the cell ran on"},
      {"/cells/2/caller_stall_ns/histogram/0/2", 0, "cells[2].caller_stall_ns.histogram[0][2] must be at least 1"},
      {"/cells/2/caller_stall_ns/histogram/1/0", 0, "cells[2].caller_stall_ns.histogram[1] does not follow"},
      {"/cells/2/caller_stall_ns/histogram/1/1", 40, "cells[2].caller_stall_ns.histogram[1] ends before it begins"},
      {"/cells/2/caller_stall_ns/histogram/0", json::array({1, 2}), "histogram[0] must be [from, to, count]"},
      {"/cells/2/caller_stall_ns/histogram", json::array(), "cells[2].caller_stall_ns.histogram must not be empty"},
      {"/cells/2/caller_stall_ns", std::nullopt, "cells[2].caller_stall_ns is missing"},
  };
  const json report = json::parse(to_json(full_report()));
  for (const auto& [at, value, said] : edits) {
    json edited = report;
    const json::json_pointer pointer(at);
    if (value) {
      edited[pointer] = *value;
    } else {
      edited.at(pointer.parent_pointer()).erase(pointer.back());
    }
    const std::string refusal = refusal_of(edited.dump());
    expect_contains(refusal, {said, "edited", "measure again"});
  }
}

TEST(Read, HasNothingAgainstASummaryOfFewerDigits) {
  json report = json::parse(to_json(full_report()));
  json& summary = report["cells"][4]["summary"];
  for (const char* const key : {"lines_per_second", "bytes_per_second"}) {
    summary[key] = std::stod(fmt::format("{:.11g}", summary[key].get<double>()));
  }
  EXPECT_EQ(refusal_of(report.dump()), "");
}

}  // namespace
}  // namespace writebench::reports
