#include "reports/read/upgrade.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/report.hpp"

namespace writebench::reports {
namespace {

using nlohmann::json;

json upgraded(json report) {
  upgrade(report);
  return report;
}

TEST(Upgrade, EndsAtTheVersionThatIsRead) {
  EXPECT_EQ(upgraded({{"writebench_schema", 1}}), json({{"writebench_schema", kSchema}}));
}

TEST(Upgrade, LeavesTheNewestAsItIs) {
  const json newest{{"writebench_schema", kSchema}, {"cells", json::array({{{"id", "a#2"}, {"family", "control"}}})}};
  EXPECT_EQ(upgraded(newest), newest);
}

TEST(Upgrade, From1SaysWhoIsAControlAndWhoATwin) {
  const json report = upgraded(
      {{"writebench_schema", 1},
       {"cells", json::array({{{"id", "null"}, {"family", "control"}}, {{"id", "a@x=1#2"}, {"family", "dispatch"}}})}});
  EXPECT_EQ(report["cells"][0]["role"], "control");
  EXPECT_FALSE(report["cells"][0].contains("twin_of"));
  EXPECT_EQ(report["cells"][1]["role"], "strategy");
  EXPECT_EQ(report["cells"][1]["twin_of"], "a@x=1");
}

TEST(Upgrade, From1RenamesAndKeepsTheValues) {
  const json sample{{"whole_ns", 5}, {"surroundings", {{"window_ns", 6}}}, {"round", 0}};
  const json workload{{"least_line_bytes", 7}, {"most_line_bytes", nullptr}, {"lines_per_second", 8.5}};
  const json cell = upgraded({{"writebench_schema", 1},
                              {"cells", json::array({{{"samples", json::array({sample})}, {"workload", workload}}})}})
                        .at("cells")
                        .at(0);
  EXPECT_EQ(cell["samples"][0], json({{"total_ns", 5}, {"interference", {{"window_ns", 6}}}, {"round", 0}}));
  EXPECT_EQ(cell["workload"],
            json({{"min_line_bytes", 7}, {"max_line_bytes", nullptr}, {"due_lines_per_second", 8.5}}));
}

TEST(Upgrade, From1LeavesWhatIsNoReportForTheReader) {
  for (const json& cells : {json(5), json(nullptr), json("text"), json::array({1, nullptr, json::array({2})}),
                            json::array({{{"samples", 5}, {"workload", json::array({1})}, {"id", 7}}})}) {
    EXPECT_EQ(upgraded({{"writebench_schema", 1}, {"cells", cells}})["cells"], cells);
  }
}

}  // namespace
}  // namespace writebench::reports
