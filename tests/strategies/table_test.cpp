#include "strategies/table.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <map>
#include <set>

namespace writebench::strategies {
namespace {

TEST(Table, NamesEveryStrategyOnceInKebabCase) {
  std::set<std::string_view> names;
  for (const Descriptor& strategy : table()) {
    EXPECT_TRUE(names.insert(strategy.name).second) << strategy.name;
    for (const char c : strategy.name)
      EXPECT_TRUE(std::islower(static_cast<unsigned char>(c)) || c == '-') << strategy.name;
    EXPECT_FALSE(strategy.family.empty());
    EXPECT_FALSE(strategy.summary.empty());
    EXPECT_LE(strategy.simpler.adds.size(), 28u) << strategy.name << ": a table cuts off the rest";
    EXPECT_NE(strategy.make, nullptr);
    EXPECT_NE(strategy.make(), strategy.make()) << "each trial gets an object of its own";
  }
}

TEST(Table, KeepsEachFamilyTogether) {
  std::set<std::string_view> seen;
  std::string_view current;
  for (const Descriptor& strategy : table()) {
    if (strategy.family == current) continue;
    EXPECT_TRUE(seen.insert(strategy.family).second) << strategy.family << " stands on two shelves";
    current = strategy.family;
  }
}

TEST(Table, HasOneOptionOfEachNameAndKey) {
  std::map<std::string_view, const Option*> by_name, by_key;
  for (const Descriptor& strategy : table()) {
    for (const Option* option : strategy.options) {
      EXPECT_EQ(by_name.try_emplace(option->name, option).first->second->key, option->key) << strategy.name;
      EXPECT_EQ(by_key.try_emplace(option->key, option).first->second->name, option->name) << strategy.name;
    }
  }
  EXPECT_GE(by_name.size(), kSharedOptions.size());
}

TEST(Table, FindsByNameAlone) {
  EXPECT_EQ(find("sync")->name, "sync");
  EXPECT_EQ(find("synch"), nullptr);
}

}  // namespace
}  // namespace writebench::strategies
