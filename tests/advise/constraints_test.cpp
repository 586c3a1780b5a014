#include "advise/constraints.hpp"

#include <gtest/gtest.h>

#include "tests/advise/contestants.hpp"

namespace writebench::advise {
namespace {

using reports::Advice;
using reports::Goal;

void expect_names(const std::optional<std::string>& said, std::initializer_list<const char*> words) {
  ASSERT_TRUE(said);
  for (const char* word : words) EXPECT_NE(said->find(word), std::string::npos) << word << " in: " << *said;
}

TEST(Constraints, ThatContradictEachOtherAreNamed) {
  expect_names(contradiction({.writers = 4, .order = Order::kGlobal}), {"--order", "--writers '4'"});
  expect_names(contradiction({.max_loss_ns = 1000}), {"--max-loss", "--lines-per-second"});
  expect_names(contradiction({.goal = Goal::kSpeed, .lines_per_second = 1000.0}), {"--prefer", "--lines-per-second"});
  expect_names(contradiction({.file_per_writer = true}), {"--file-per-writer", "one writer"});
}

TEST(Constraints, ThatGoTogetherAreNot) {
  EXPECT_EQ(contradiction({}), std::nullopt);
  EXPECT_EQ(contradiction({.writers = 4, .order = Order::kPerWriter, .file_per_writer = true}), std::nullopt);
  EXPECT_EQ(contradiction({.goal = Goal::kCpu, .lines_per_second = 1000.0, .max_loss_ns = 1000}), std::nullopt);
}

TEST(Constraints, ThatNobodyCanPromiseAreNamed) {
  const Advice::Asked asked{.max_loss_bytes = 0};
  std::vector<Contestant> two;
  for (Contestant& contestant : contestants(asked)) {
    const std::string& name = contestant.cell.id;
    if (name == "sync-buffered" || name == "thread-pool") two.push_back(std::move(contestant));
  }
  expect_names(nothing_promises(asked, screen(two, asked, kFileBlockBytes)),
               {"--max-loss rules out sync-buffered", "--order global rules out thread-pool"});
  EXPECT_EQ(nothing_promises(asked, screened(asked)), std::nullopt);
}

TEST(Constraints, TurnATimeIntoTheBytesThatAreDueInIt) {
  EXPECT_EQ(bytes_in(50'000'000, 10'000, 12.5), 6250u);
  EXPECT_EQ(bytes_in(0, 10'000, 12.5), 0u);
  EXPECT_EQ(bytes_in(INT64_MAX, 1e9, 1e9), 1'000'000'000'000'000'000u);
}

}  // namespace
}  // namespace writebench::advise
