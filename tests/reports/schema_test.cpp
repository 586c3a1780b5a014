// report.schema.json against what the program has tables of.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/trial/sample_fields.hpp"
#include "reports/json.hpp"
#include "reports/report.hpp"
#include "reports/warnings.hpp"

namespace writebench::reports {
namespace {

using nlohmann::json;

json schema() {
  std::ifstream file(WRITEBENCH_SOURCE_DIR "/reports/report.schema.json");
  return json::parse(file);
}

// What the schema says of a figure: its kind, and whether it is null or absent if it is unknown.
using Figures = std::map<std::string, std::string>;

Figures figures_in(const json& object) {
  Figures figures;
  const json required = object.value("required", json::array());
  for (const auto& [name, property] : object.at("properties").items()) {
    if (!property.contains("x-kind")) continue;
    const bool nullable = property.at("type") == json{"integer", "null"};
    EXPECT_EQ(std::find(required.begin(), required.end(), name) != required.end(), nullable) << name;
    EXPECT_EQ(property.at("minimum"), 0) << name;
    figures[name] = property.at("x-kind").get<std::string>() + (nullable ? ", or null" : "");
  }
  return figures;
}

Figures figures_of_the_program(bool of_interference) {
  Figures figures;
  for (const engine::SampleField& field : engine::sample_fields()) {
    if (field.reported == engine::Reported::kNever || field.of_interference() != of_interference) continue;
    figures[std::string(field.name)] =
        std::string(to_string(field.kind)) + (field.reported == engine::Reported::kOrNull ? ", or null" : "");
  }
  return figures;
}

TEST(Schema, HasTheVersionThatIsWritten) {
  EXPECT_EQ(schema().at("properties").at("writebench_schema").at("const"), kSchema);
}

TEST(Schema, HasEveryFigureOfASample) {
  const json sample = schema().at("$defs").at("sample");
  EXPECT_EQ(figures_in(sample), figures_of_the_program(false));
  Figures interference = figures_of_the_program(true);
  interference["slowed_from_bytes"] = "level";  // of one PaceLoss: all three are there or none
  interference["slowed_from_ns"] = "time";
  EXPECT_EQ(figures_in(sample.at("properties").at("interference")), interference);
}

TEST(Schema, SaysOfEveryWholeNumberOfASampleWhatItIs) {
  const json sample = schema().at("$defs").at("sample");
  for (const json& object : {sample, sample.at("properties").at("interference")}) {
    for (const auto& [name, property] : object.at("properties").items()) {
      if (property.value("type", json()).dump().find("integer") == std::string::npos) continue;
      EXPECT_TRUE(property.contains("x-kind") || name == "round" || name == "position") << name;
    }
  }
}

TEST(Schema, HasTheCodesOfAllWarnings) {
  const json code = schema().at("properties").at("warnings").at("items").at("properties").at("code");
  const auto codes = warning_codes();
  EXPECT_EQ(code.at("enum").get<std::set<std::string>>(), std::set<std::string>(codes.begin(), codes.end()));
}

TEST(Schema, HasTheCausesOfAllDisturbances) {
  const json cause = schema().at("$defs").at("sample").at("properties").at("disturbances").at("items");
  const auto causes = engine::disturbance_causes();
  const std::set<std::string> listed(causes.begin(), causes.end());
  EXPECT_EQ(cause.at("enum").get<std::set<std::string>>(), listed);
  std::set<std::string> explained;
  for (const auto& [name, meaning] : cause.at("x-meaning").items()) explained.insert(name);
  EXPECT_EQ(explained, listed);
}

template <class Enum>
std::set<std::string> words() {
  std::set<std::string> words;
  for (int value = 0; !to_string(static_cast<Enum>(value)).empty(); ++value) {
    words.emplace(to_string(static_cast<Enum>(value)));
  }
  return words;
}

TEST(Schema, HasTheWordsOfAllEnumerations) {
  const json cell = schema().at("$defs").at("cell").at("properties");
  const auto listed = [](const json& property) { return property.at("enum").get<std::set<std::string>>(); };
  EXPECT_EQ(listed(cell.at("role")), words<Role>());
  EXPECT_EQ(listed(cell.at("contract").at("properties").at("layout")), words<Layout>());
  EXPECT_EQ(listed(cell.at("workload").at("properties").at("file_state")), words<engine::FileState>());
  EXPECT_EQ(listed(cell.at("workload").at("properties").at("preallocation")), words<engine::Preallocation>());
  EXPECT_EQ(listed(schema().at("$defs").at("sample").at("properties").at("outcome")), words<engine::Outcome>());
  EXPECT_EQ(listed(schema().at("$defs").at("effort")), words<Effort>());
  const json advice = schema().at("$defs").at("advice").at("properties");
  EXPECT_EQ(listed(advice.at("asked").at("properties").at("goal")), words<Goal>());
  EXPECT_EQ(listed(advice.at("ruled_out").at("items").at("properties").at("by")), words<Hurdle>());
}

}  // namespace
}  // namespace writebench::reports
