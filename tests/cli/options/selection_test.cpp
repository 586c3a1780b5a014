#include "cli/options/selection.hpp"

#include <gtest/gtest.h>

#include "cli/options/usage_error.hpp"

namespace writebench::cli {
namespace {

using Names = std::vector<std::string>;

const std::vector<Descriptor> kTable{{.name = "null", .family = "control", .summary = {}, .role = Role::kControl},
                                     {.name = "bulk", .family = "control", .summary = {}, .role = Role::kControl},
                                     {.name = "sync", .family = "caller writes", .summary = {}},
                                     {.name = "sync-buffered", .family = "caller writes", .summary = {}},
                                     {.name = "buffered", .family = "dispatch", .summary = {}}};

Names selected(const Names& selectors) {
  Names names;
  for (const Descriptor& strategy : select(kTable, selectors)) names.emplace_back(strategy.name);
  return names;
}

std::string refusal_of_selection(const Names& selectors) {
  try {
    select(kTable, selectors);
    return "";
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(Selection, TakesNamesInTheOrderOfTheTable) {
  EXPECT_EQ(selected({"buffered", "null"}), (Names{"null", "buffered"}));
}

TEST(Selection, TakesAllFamiliesAndPatterns) {
  EXPECT_EQ(selected({"all"}).size(), kTable.size());
  EXPECT_EQ(selected({"control"}), (Names{"null", "bulk"}));
  EXPECT_EQ(selected({"caller writes"}), (Names{"sync", "sync-buffered"}));
  EXPECT_EQ(selected({"caller-writes"}), (Names{"sync", "sync-buffered"}));
  EXPECT_EQ(selected({"*buffered"}), (Names{"sync-buffered", "buffered"}));
  EXPECT_EQ(selected({"[bn]*"}), (Names{"null", "bulk", "buffered"}));
}

TEST(Selection, TakesARungOnlyByItsNameOrFamily) {
  std::vector<Descriptor> table = kTable;
  table.push_back({.name = "walk-buffered", .family = "rung", .summary = {}, .role = Role::kRung});
  const auto with_rung = [&](const Names& selectors) {
    const std::vector<Descriptor> found = select(table, selectors);
    return std::any_of(found.begin(), found.end(), [](const Descriptor& entry) { return entry.role == Role::kRung; });
  };
  for (const Names& selectors : {Names{"all"}, Names{"*buffered"}, Names{"^sync"}, Names{}}) {
    EXPECT_FALSE(with_rung(selectors));
  }
  EXPECT_TRUE(with_rung({"walk-buffered"}));
  EXPECT_TRUE(with_rung({"rung"}));
  EXPECT_TRUE(with_rung({"all", "walk-buffered"}));
}

TEST(Selection, TakesOutWhatIsExcludedWhereverItStands) {
  EXPECT_EQ(selected({"all", "^control"}), (Names{"sync", "sync-buffered", "buffered"}));
  EXPECT_EQ(selected({"^control", "all"}), (Names{"sync", "sync-buffered", "buffered"}));
  EXPECT_EQ(selected({"all", "^*buffered", "^null"}), (Names{"bulk", "sync"}));
}

TEST(Selection, OfExclusionsAloneIsAllTheOthers) {
  EXPECT_EQ(selected({"^sync"}), (Names{"null", "bulk", "sync-buffered", "buffered"}));
  EXPECT_EQ(selected({}).size(), kTable.size());
}

TEST(Selection, OfANameGivenTwiceHasATwin) {
  EXPECT_EQ(selected({"sync", "sync"}), (Names{"sync", "sync"}));
  EXPECT_EQ(selected({"sync", "bulk", "sync", "sync"}), (Names{"bulk", "sync", "sync", "sync"}));
}

TEST(Selection, OfANameAndAPatternThatMatchesItHasNoTwin) {
  EXPECT_EQ(selected({"*buffered", "*ed", "dispatch"}), (Names{"sync-buffered", "buffered"}));
}

TEST(Selection, RefusesWhatMatchesNothingAndSuggestsWhatWouldDo) {
  EXPECT_NE(refusal_of_selection({"snyc"}).find("--strategy 'snyc'"), std::string::npos);
  EXPECT_NE(refusal_of_selection({"snyc"}).find("did you mean 'sync'?"), std::string::npos);
  EXPECT_NE(refusal_of_selection({"contrl"}).find("did you mean 'control'?"), std::string::npos);
  EXPECT_NE(refusal_of_selection({"all", "^snyc"}).find("'snyc'"), std::string::npos);
  EXPECT_NE(refusal_of_selection({"sync", "z*"}).find("writebench list"), std::string::npos);
  EXPECT_NE(refusal_of_selection({""}).find("--strategy ''"), std::string::npos);
  EXPECT_NE(refusal_of_selection({"^"}), "");
  EXPECT_NE(refusal_of_selection({"Sync"}), "");
}

TEST(Selection, RefusesToLeaveNothing) {
  EXPECT_NE(refusal_of_selection({"^all"}).find("leaves no strategy"), std::string::npos);
  EXPECT_NE(refusal_of_selection({"sync", "^sync"}).find("leaves no strategy"), std::string::npos);
}

}  // namespace
}  // namespace writebench::cli
