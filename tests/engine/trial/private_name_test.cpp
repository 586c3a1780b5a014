#include "engine/trial/private_name.hpp"

#include <gtest/gtest.h>

#include <set>

namespace writebench::engine {
namespace {

TEST(PrivateName, IsKnownAgainAndNeverTheSame) {
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) names.insert(private_name(".p-"));
  EXPECT_EQ(names.size(), 1000u);
  for (const std::string& name : names) EXPECT_TRUE(is_private_name(".p-", name)) << name;
}

TEST(PrivateName, IsNotKnownUnderAnotherPrefixOrWithAnotherCharacter) {
  const std::string name = private_name(".p-");
  EXPECT_FALSE(is_private_name(".q-", name));
  EXPECT_FALSE(is_private_name(".p-", name + "0"));
  EXPECT_FALSE(is_private_name(".p-", name.substr(0, name.size() - 1)));
  EXPECT_FALSE(is_private_name(".p-", ""));
  for (std::size_t i = 0; i < name.size(); ++i) {
    std::string changed = name;
    changed[i] = name[i] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(is_private_name(".p-", changed)) << changed << " from " << name;
  }
}

TEST(PrivateName, IsNotWhatAnotherProgramWouldChoose) {
  for (const char* name :
       {".p-backup0001", ".p-aaaaaaaaaa", ".p-XXXXXXXXXX", ".p-0123456789", ".p-..........", ".p-"}) {
    EXPECT_FALSE(is_private_name(".p-", name)) << name;
  }
}

}  // namespace
}  // namespace writebench::engine
