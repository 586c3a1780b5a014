#include "engine/machine/pace_loss.hpp"

#include <gtest/gtest.h>

namespace writebench::engine {
namespace {

constexpr std::int64_t kTickNs = 100'000'000;

// Ten looks a second at a writer with that many bytes in each tenth.
std::vector<ProgressPoint> writer(const std::vector<std::int64_t>& bytes_per_tick) {
  std::vector<ProgressPoint> progress{{0, 0}};
  for (const std::int64_t bytes : bytes_per_tick) {
    progress.push_back({progress.back().at_ns + kTickNs, progress.back().bytes + bytes});
  }
  return progress;
}

std::vector<std::int64_t> ticks(std::size_t fast, std::size_t slow, std::int64_t slow_bytes) {
  std::vector<std::int64_t> bytes(fast, 100);
  bytes.insert(bytes.end(), slow, slow_bytes);
  return bytes;
}

TEST(PaceLoss, IsFoundWhereItBegins) {
  const auto found = find_pace_loss(writer(ticks(30, 50, 20)));
  ASSERT_TRUE(found);
  EXPECT_NEAR(static_cast<double>(found->from_ns), 30.0 * kTickNs, 8.0 * kTickNs);
  EXPECT_LE(found->to_share, 0.5);
}

TEST(PaceLoss, IsNoneForASteadyWriterOrAShortTrialOrOneThatOnlyHesitates) {
  EXPECT_FALSE(find_pace_loss({}));
  EXPECT_FALSE(find_pace_loss(writer({100})));
  EXPECT_FALSE(find_pace_loss(writer(ticks(100, 0, 0))));
  EXPECT_FALSE(find_pace_loss(writer(ticks(9, 9, 1)))) << "less than a second of each";
  EXPECT_FALSE(find_pace_loss(writer(ticks(50, 50, 60)))) << "not by half";
  auto hesitates = ticks(30, 5, 0);
  hesitates.insert(hesitates.end(), 60, 100);
  EXPECT_FALSE(find_pace_loss(writer(hesitates)));
}

TEST(PaceLoss, IsNoneForAWriterThatGetsFaster) {
  auto bytes = ticks(20, 0, 0);
  bytes.insert(bytes.end(), 50, 500);
  EXPECT_FALSE(find_pace_loss(writer(bytes)));
}

}  // namespace
}  // namespace writebench::engine
