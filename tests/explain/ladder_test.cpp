#include "explain/ladder.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "strategies/table.hpp"

namespace writebench::explain {
namespace {

using Names = std::vector<std::string>;

// As "name option=value…", with the options that the strategy lists.
std::string text_of(const Rung& rung) {
  std::string text = rung.strategy->name;
  for (const Option* option : rung.strategy->options) {
    text += " " + std::string(option->name) + "=" + std::to_string(rung.parameters.value(*option));
  }
  return text;
}

Names ladder(std::string_view name, std::vector<Simpler::Setting> settings) {
  Parameters parameters{.lines = 123};
  for (const Simpler::Setting& setting : settings) parameters.set(*setting.option, setting.value);
  Names names;
  for (const Rung& rung : ladder_of(*strategies::find(name), parameters, strategies::table())) {
    EXPECT_EQ(rung.parameters.lines, 123u);
    EXPECT_EQ(rung.adds.empty(), names.empty());
    names.push_back(text_of(rung));
  }
  return names;
}

TEST(Ladder, OfNaiveAsyncAddsOneThingAtATime) {
  EXPECT_EQ(
      ladder("naive-async", {{&kWriters, 10}, {&kThreads, 2}}),
      (Names{"null", "copy-lines buffer-size=4096", "sync-buffered buffer-size=4096", "sync",
             "thread-pool threads=1 queue-depth=1024 in-flight-bytes=1073741824", "naive-async writers=1 threads=1",
             "naive-async writers=10 threads=1", "naive-async writers=10 threads=2"}));
}

TEST(Ladder, NamesTheValuesOfTheOptionsThatGrow) {
  Parameters parameters;
  parameters.set(kWriters, 10);
  parameters.set(kThreads, 3);
  const std::vector<Rung> rungs = ladder_of(*strategies::find("naive-async"), parameters, strategies::table());
  EXPECT_EQ(rungs[rungs.size() - 2].adds, "has 10 tasks at once");
  EXPECT_EQ(rungs.back().adds, "has 3 pool threads");
}

TEST(Ladder, LeavesOutAnOptionThatMakesNoDifference) {
  EXPECT_EQ(ladder("naive-async", {{&kWriters, 1}, {&kThreads, 2}}).back(), "naive-async writers=1 threads=2");
  EXPECT_EQ(ladder("naive-async", {{&kWriters, 1}, {&kThreads, 1}}).size(), 6u);
}

TEST(Ladder, KeepsTheSizeOfTheBlocks) {
  EXPECT_EQ(ladder("double-buffered", {{&kBufferSize, 1000}, {&kThreads, 3}}),
            (Names{"null", "copy-lines buffer-size=1000", "sync-buffered buffer-size=1000",
                   "buffered threads=1 buffer-size=1000", "double-buffered threads=1 buffer-size=1000",
                   "double-buffered threads=3 buffer-size=1000"}));
}

TEST(Ladder, OfEveryStrategyBeginsWithAWalkAndEndsWithIt) {
  for (const Descriptor& entry : strategies::table()) {
    if (entry.role == Role::kControl) continue;
    const std::vector<Rung> rungs = ladder_of(entry, {}, strategies::table());
    EXPECT_EQ(rungs.front().strategy->name, "null") << entry.name;
    EXPECT_EQ(rungs.back().strategy->name, entry.name);
    EXPECT_GE(rungs.size(), 2u) << entry.name;
  }
}

TEST(Ladder, RefusesAStrategyThatIsMissingAndACircle) {
  std::vector<Descriptor> table(2);
  table[0].name = "a";
  table[0].simpler.strategy = "b";
  table[1].name = "b";
  table[1].simpler.strategy = "c";
  EXPECT_THROW(ladder_of(table[0], {}, table), std::logic_error);
  table[1].simpler.strategy = "a";
  EXPECT_THROW(ladder_of(table[0], {}, table), std::logic_error);
}

}  // namespace
}  // namespace writebench::explain
