// What the strategies around the page cache ask of the kernel.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/lines/sized_lines.hpp"
#include "engine/trial/trial.hpp"
#include "engine/verification/verify.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/contract.hpp"
#include "tests/strategies/forbid.hpp"

namespace writebench::tests {
namespace {

using engine::Outcome;

constexpr std::size_t kBytesOfLine = 100;

// What was asked of the kernel, of one trial at a time. The kernel is asked, too.
struct Asked {
  std::mutex mutex;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pwrites;  // offset, bytes
  bool all_aligned = true;
  int under_way = 0;
  int most_under_way = 0;
  std::vector<int> flags;
  int refusal = 0;  // the error of pwritev2
  std::string writebacks;
  int writeback_error = 0;
};
Asked* asked = nullptr;

constexpr Syscalls kWatched{
    .pwrite = [](int descriptor, const void* from, std::size_t size, off_t at) -> ssize_t {
      {
        const std::lock_guard lock(asked->mutex);
        asked->pwrites.emplace_back(at, size);
        const auto address = reinterpret_cast<std::uintptr_t>(from);
        asked->all_aligned &= address % 4096 == 0 && size % 4096 == 0 && at % 4096 == 0;
        asked->most_under_way = std::max(asked->most_under_way, ++asked->under_way);
      }
      const ssize_t count = ::pwrite(descriptor, from, size, at);
      const std::lock_guard lock(asked->mutex);
      --asked->under_way;
      return count;
    },
    .pwritev2 = [](int descriptor, const iovec* parts, int count, off_t at, int flags) -> ssize_t {
      asked->flags.push_back(flags);
      if (asked->refusal == 0) return ::pwritev2(descriptor, parts, count, at, flags);
      errno = asked->refusal;
      return -1;
    },
    .sync_file_range =
        [](int descriptor, off_t at, off_t size, unsigned flags) {
          asked->writebacks += std::to_string(at) + "+" + std::to_string(size) +
                               ((flags & SYNC_FILE_RANGE_WAIT_AFTER) != 0 ? "w " : " ");
          if (asked->writeback_error == 0) return ::sync_file_range(descriptor, at, size, flags);
          errno = asked->writeback_error;
          return -1;
        },
};

class PageCache : public testing::Test {
 protected:
  PageCache() { asked = &asked_; }
  ~PageCache() override { asked = nullptr; }

  // Runs it in this process and checks every byte. The options are its own, and --buffer-size.
  engine::Sample run(const std::string& name, std::uint64_t lines,
                     std::vector<std::pair<std::string, std::uint64_t>> set, Durability durability = {}) {
    const Descriptor& strategy = *strategies::find(name);
    Parameters parameters{.lines = lines, .durability = durability};
    for (const Option* option : strategy.options) {
      const auto found =
          std::find_if(set.begin(), set.end(), [&](const auto& one) { return one.first == option->name; });
      parameters.set(*option, found == set.end() ? option->usual : found->second);
    }
    const engine::SizedLines content(lines, {kBytesOfLine, kBytesOfLine, 0});
    const TrialFilesOf files(scratch_, strategy, parameters);
    const engine::Workload workload;
    const auto trial = engine::run_trial({.strategy = strategy,
                                          .parameters = parameters,
                                          .workload = workload,
                                          .content = content,
                                          .files = files,
                                          .in_process = true,
                                          .syscalls = kWatched});
    if (trial->sample.outcome == Outcome::kOk) {
      const engine::Verification found =
          engine::verify({files.paths(), files.descriptors()}, content, strategy.contract, 1);
      EXPECT_TRUE(found.right) << found.describe();
    }
    files.remove();
    return trial->sample;
  }

  engine::Scratch scratch_{testing::TempDir()};
  Asked asked_;
};

TEST_F(PageCache, IsPassedByAlignedBlocksOneAtATime) {
  for (const std::uint64_t blocks : {2u, 3u, 9u}) {
    asked_.pwrites.clear();
    const engine::Sample sample = run("direct-double-buffered", 1000, {{"buffer-size", 5000}, {"blocks", blocks}});
    if (sample.outcome == Outcome::kUnavailable) GTEST_SKIP() << sample.detail;
    ASSERT_EQ(sample.outcome, Outcome::kOk) << sample.detail;
    EXPECT_TRUE(asked_.all_aligned);
    EXPECT_EQ(asked_.most_under_way, 1);
    ASSERT_EQ(asked_.pwrites.size(), 13u) << "100,000 bytes in blocks of 8192";
    EXPECT_EQ(asked_.pwrites.back(), (std::pair<std::uint64_t, std::uint64_t>{98'304, 4096}));
  }
}

TEST_F(PageCache, IsPassedByEachLineAloneIfThatMustBeDurable) {
  const engine::Sample sample =
      run("direct-double-buffered", 90, {{"buffer-size", 8192}}, {.kind = Durability::Kind::kLine});
  if (sample.outcome == Outcome::kUnavailable) GTEST_SKIP() << sample.detail;
  ASSERT_EQ(sample.outcome, Outcome::kOk) << sample.detail;
  EXPECT_TRUE(asked_.all_aligned);
  // Line 40 begins in the first unit of 4096 bytes and ends in the second. Line 81 begins in the first block and ends
  // in the second.
  ASSERT_EQ(asked_.pwrites.size(), 91u);
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> around_a_unit(asked_.pwrites.begin() + 39,
                                                                           asked_.pwrites.begin() + 42);
  EXPECT_EQ(around_a_unit, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 4096}, {0, 8192}, {4096, 4096}}));
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> around_a_block(asked_.pwrites.begin() + 80,
                                                                            asked_.pwrites.begin() + 84);
  EXPECT_EQ(around_a_block, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{
                                {4096, 4096}, {4096, 4096}, {8192, 4096}, {8192, 4096}}));
}

TEST_F(PageCache, IsToldToKeepNothing) {
  if (const auto reason = strategies::find("dontcache")->unavailable()) GTEST_SKIP() << *reason;
  const engine::Sample sample = run("dontcache", 100, {{"buffer-size", 1000}});
  if (sample.outcome == Outcome::kUnavailable) GTEST_SKIP() << sample.detail;
  EXPECT_EQ(sample.outcome, Outcome::kOk) << sample.detail;
  EXPECT_EQ(asked_.flags, std::vector<int>(10, 0x80));
}

TEST_F(PageCache, CanBeKeptFreeOnlyIfTheFileSystemAgrees) {
  asked_.refusal = EOPNOTSUPP;
  const engine::Sample refused = run("dontcache", 10, {});
  EXPECT_EQ(refused.outcome, Outcome::kUnavailable);
  EXPECT_NE(refused.detail.find("refuses RWF_DONTCACHE"), std::string::npos) << refused.detail;
  EXPECT_NE(refused.detail.find("Operation not supported"), std::string::npos) << refused.detail;
  asked_.refusal = ENOSPC;
  EXPECT_EQ(run("dontcache", 10, {}).outcome, Outcome::kFailed);
}

TEST_F(PageCache, CanBeKeptFreeOnlyIfTheKernelKnowsHow) {
  EXPECT_EXIT(
      {
        forbid(SYS_pwritev2, EOPNOTSUPP);
        const auto reason = strategies::find("dontcache")->unavailable();
        std::fprintf(stderr, "%s\n", reason ? reason->c_str() : "is available");
        ::_exit(0);
      },
      testing::ExitedWithCode(0), "no RWF_DONTCACHE \\(pwritev2: Operation not supported\\)");
}

// 40,000 bytes, of which a hint is due at every 10,000 or later, where a page ends.
TEST_F(PageCache, IsWrittenBackAWindowBehindTheWriter) {
  constexpr std::uint64_t kNever = 0;
  EXPECT_EQ(run("writeback-hint", 400, {{"buffer-size", 1000}, {"window", 10'000}, {"waits", kNever}}).outcome,
            Outcome::kOk);
  EXPECT_EQ(asked_.writebacks, "0+8192 8192+8192 16384+8192 24576+8192 ");
  asked_.writebacks.clear();
  EXPECT_EQ(run("writeback-hint", 400, {{"buffer-size", 1000}, {"window", 10'000}}).outcome, Outcome::kOk);
  EXPECT_EQ(asked_.writebacks, "0+8192 8192+8192 0+8192w 16384+8192 8192+8192w 24576+8192 16384+8192w ");
}

TEST_F(PageCache, SaysIfItCannotBeWrittenBack) {
  asked_.writeback_error = EIO;
  const engine::Sample sample = run("writeback-hint", 400, {{"buffer-size", 1000}, {"window", 10'000}});
  EXPECT_EQ(sample.outcome, Outcome::kFailed);
  EXPECT_NE(sample.detail.find("sync_file_range"), std::string::npos) << sample.detail;
}

}  // namespace
}  // namespace writebench::tests
