#include "advise/candidates.hpp"

#include <gtest/gtest.h>

#include "tests/advise/contestants.hpp"

namespace writebench::advise {
namespace {

using reports::Advice;
using reports::Hurdle;

std::optional<Hurdle> ruled_out(const Screening& screening, const std::string& strategy) {
  for (const Advice::RuledOut& out : screening.ruled_out) {
    if (out.strategy == strategy) return out.by;
  }
  return std::nullopt;
}

const Candidate& named(const Screening& screening, const std::string& strategy) {
  return *std::find_if(screening.candidates.begin(), screening.candidates.end(),
                       [&](const Candidate& candidate) { return candidate.strategy().name == strategy; });
}

TEST(Candidates, AreAllThatKeepTheOrderOfOneWriter) {
  const Screening screening = screened({});
  const auto names = names_of(screening);
  for (const char* name : {"sync", "sync-buffered", "mutex-shared", "naive-async", "sharded-files"}) {
    EXPECT_TRUE(has(names, name)) << name;
  }
  EXPECT_EQ(ruled_out(screening, "thread-pool"), Hurdle::kOrder);
  EXPECT_EQ(ruled_out(screening, "pwrite-parallel"), Hurdle::kPlaces);
  EXPECT_TRUE(has(names_of(screened({.order = Order::kNone})), "thread-pool"));
}

TEST(Candidates, OfSeveralWritersTakeThemAtOnce) {
  const Screening screening = screened({.writers = 4, .order = Order::kPerWriter});
  EXPECT_EQ(ruled_out(screening, "sync"), Hurdle::kSeveralWriters);
  EXPECT_EQ(ruled_out(screening, "sharded-files"), Hurdle::kFilePerWriter);
  EXPECT_TRUE(has(names_of(screening), "mutex-shared"));
  EXPECT_TRUE(has(names_of(screening), "append-per-line"));
  const Screening apart = screened({.writers = 4, .order = Order::kPerWriter, .file_per_writer = true});
  EXPECT_TRUE(has(names_of(apart), "sharded-files"));
}

TEST(Candidates, MakeEachLineDurableIfThatIsAsked) {
  const Screening screening =
      screened({.writers = 2, .order = Order::kNone, .durability = {.kind = Durability::Kind::kLine}});
  EXPECT_EQ(ruled_out(screening, "sharded-files-merged"), Hurdle::kDurability);
  EXPECT_TRUE(has(names_of(screening), "group-commit"));
}

TEST(Candidates, LoseNothingIfNothingMayBeLost) {
  const Screening screening = screened({.max_loss_bytes = 0});
  for (const Candidate& candidate : screening.candidates) {
    EXPECT_EQ(candidate.may_lose_bytes(*candidate.start()), 0u) << candidate.strategy().name;
  }
  EXPECT_TRUE(has(names_of(screening), "write-per-line"));
  EXPECT_EQ(ruled_out(screening, "sync-buffered"), Hurdle::kMaxLoss);
}

TEST(Candidates, LoseNothingIfEachLineIsDurable) {
  const Screening screening = screened({.durability = {.kind = Durability::Kind::kLine}, .max_loss_bytes = 0});
  EXPECT_TRUE(has(names_of(screening), "sync-buffered"));
}

TEST(Candidates, BeginWithTheLargestSizesThatMayBeLost) {
  const Screening screening = screened({.max_loss_bytes = 20'000});
  EXPECT_EQ(named(screening, "sync-buffered").start()->value(kBufferSize), 16'384u);
  EXPECT_EQ(named(screening, "double-buffered").start()->value(kBufferSize), 8192u) << "it has two";
  for (const Candidate& candidate : screening.candidates) {
    EXPECT_LE(*candidate.may_lose_bytes(*candidate.start()), 20'000u) << candidate.strategy().name;
    EXPECT_TRUE(candidate.allowed(*candidate.start()));
  }
  EXPECT_EQ(named(screened({}), "sync-buffered").start()->value(kBufferSize), kBufferSize.usual);
}

TEST(Candidates, AreOutIfTheirSmallestBuffersMayLoseMore) {
  const Screening screening = screened({.max_loss_bytes = 99});
  EXPECT_EQ(ruled_out(screening, "sync-buffered"), Hurdle::kMaxLoss) << "a line has 100 bytes";
  EXPECT_EQ(ruled_out(screening, "sync"), Hurdle::kMaxLoss);
}

TEST(Candidates, HoldNoMoreInMemoryThanIsAllowed) {
  const Screening screening = screened({.max_memory_bytes = 5000});
  EXPECT_EQ(named(screening, "sync-buffered").start()->value(kBufferSize), 4096u);
  EXPECT_EQ(ruled_out(screened({.max_memory_bytes = 50}), "sync-buffered"), Hurdle::kMaxMemory);
}

TEST(Candidates, HaveSizesThatTheConstraintsAllow) {
  const Screening screening = screened({.max_loss_bytes = 200'000});
  const Candidate& candidate = named(screening, "sync-buffered");
  EXPECT_EQ(candidate.largest_size(), 131'072u);
  EXPECT_EQ(candidate.smallest_size(), 512u);
  EXPECT_EQ(candidate.size()->name, kBufferSize.name);
  EXPECT_EQ(named(screening, "sync").size(), nullptr);
  EXPECT_EQ(named(screening, "writev-batch").size()->name, "batch");
  EXPECT_EQ(named(screening, "queue-per-line").size()->name, kQueueDepth.name);
  EXPECT_EQ(named(screened({}), "sync-buffered").largest_size(), 2u << 20) << "a quarter of what a trial writes";
}

TEST(Candidates, HaveOtherSettingsThatTheConstraintsAllow) {
  const Screening screening = screened({});
  const Candidate& buffered = named(screening, "buffered");
  std::vector<std::uint64_t> threads;
  for (const Parameters& settings : buffered.variants(*buffered.start())) {
    threads.push_back(settings.value(kThreads));
    EXPECT_EQ(settings.value(kBufferSize), buffered.start()->value(kBufferSize)) << "its size is searched by itself";
  }
  EXPECT_EQ(threads, (std::vector<std::uint64_t>{1, 4})) << "beside the 2 of the default";
  EXPECT_TRUE(named(screening, "sync").variants(*named(screening, "sync").start()).empty());
  const Screening tight = screened({.max_loss_bytes = 20'000});
  for (const Candidate& candidate : tight.candidates) {
    for (const Parameters& settings : candidate.variants(*candidate.start())) {
      EXPECT_LE(*candidate.may_lose_bytes(settings), 20'000u) << candidate.strategy().name;
      EXPECT_NE(settings, *candidate.start());
    }
  }
}

TEST(Candidates, ThatCannotRunHereAreOutWithTheirReason) {
  std::vector<Contestant> all = contestants({});
  for (Contestant& contestant : all) {
    if (contestant.cell.id != "sync") continue;
    contestant.cell.status = engine::Outcome::kUnavailable;
    contestant.cell.status_detail = "needs ink";
  }
  const Screening screening = screen(std::move(all), {}, kFileBlockBytes);
  ASSERT_EQ(ruled_out(screening, "sync"), Hurdle::kUnavailable);
  const auto out = std::find_if(screening.ruled_out.begin(), screening.ruled_out.end(),
                                [](const auto& one) { return one.strategy == "sync"; });
  EXPECT_EQ(out->reason, "needs ink");
}

TEST(Candidates, WhoseLossIsNotKnownAreOutIfItMatters) {
  std::vector<Contestant> all = contestants({});
  for (Contestant& contestant : all) contestant.runnable.strategy.may_lose_bytes = {};
  EXPECT_TRUE(screen(all, {.max_loss_bytes = 1 << 30}, kFileBlockBytes).candidates.empty());
  EXPECT_FALSE(screen(all, {.max_memory_bytes = 1 << 30}, kFileBlockBytes).candidates.empty());
}

TEST(Candidates, AreInTheOrderOfTheTable) {
  const auto names = names_of(screened({}));
  std::vector<std::string> expected;
  for (const Descriptor& entry : strategies::table()) {
    if (has(names, entry.name)) expected.push_back(entry.name);
  }
  EXPECT_EQ(names, expected);
}

}  // namespace
}  // namespace writebench::advise
