// What the contract suite cannot see of writes that do not pass through File: when they are durable, what their options
// do, and what the kernel refuses.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "engine/machine/environment.hpp"
#include "engine/owned_descriptor.hpp"
#include "strategies/support/io_uring_refusal.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/cell_parameters.hpp"
#include "tests/strategies/contract.hpp"
#include "tests/strategies/forbid.hpp"

namespace writebench::tests {
namespace {

std::vector<Subject> ring_subjects() {
  std::vector<Subject> found;
  for (const Descriptor& strategy : strategies::table()) {
    if (strategy.family == "through io_uring") found.push_back({.strategy = strategy, .writes_through_file = false});
  }
  return found;
}

class IoUringTest : public ForEachSubject {
 protected:
  void SetUp() override { skip_if_unavailable(); }

  engine::Sample run(const Parameters& parameters, bool forked = false) {
    const engine::NumberedLines content(parameters.lines);
    const engine::Workload workload;
    const TrialFilesOf made(scratch_, strategy(), parameters);
    engine::Sample sample = engine::run_trial({.strategy = strategy(),
                                               .parameters = parameters,
                                               .workload = workload,
                                               .content = content,
                                               .files = made,
                                               .in_process = !forked})
                                ->sample;
    if (sample.outcome == engine::Outcome::kOk) {
      const auto verification =
          engine::verify({made.paths(), made.descriptors()}, content, strategy().contract, parameters.writers());
      EXPECT_TRUE(verification.right) << verification.describe();
    }
    made.remove();
    return sample;
  }
};

// Every word of every option, with every durability, and blocks that many lines do not fit into.
TEST_P(IoUringTest, IsRightWithEveryValueOfItsOptions) {
  for (const Option* const option : strategy().options) {
    for (std::uint64_t value = 0; value < option->words.size(); ++value) {
      for (const auto kind :
           {Durability::Kind::kNone, Durability::Kind::kClose, Durability::Kind::kBytes, Durability::Kind::kLine}) {
        if (kind == Durability::Kind::kLine && !strategy().contract.each_line_durable) continue;
        for (const std::size_t depth : {1u, 3u}) {
          const std::uint64_t lines = kind == Durability::Kind::kLine ? 20 : 2001;
          Parameters parameters = CellParameters{.lines = lines,
                                                 .buffer_bytes = 1000,
                                                 .queue_depth = depth,
                                                 .durability = {.kind = kind, .interval_bytes = 5000}}
                                      .of(strategy());
          parameters.set(*option, value);
          const engine::Sample sample = run(parameters);
          const bool may_lack = option->words[value] == "huge";
          if (may_lack && sample.outcome == engine::Outcome::kUnavailable) continue;
          EXPECT_EQ(sample.outcome, engine::Outcome::kOk)
              << option->name << "=" << option->words[value] << ", depth " << depth << ": " << sample.detail;
        }
      }
    }
  }
}

TEST_P(IoUringTest, SaysWhatItsSubmissionsTookAndNoFigureThatTheKernelDoesNotCount) {
  for (const bool forked : {false, true}) {
    const engine::Sample sample = run(CellParameters{.lines = 10'000, .buffer_bytes = 4096}.of(strategy()), forked);
    ASSERT_EQ(sample.outcome, engine::Outcome::kOk) << sample.detail;
    EXPECT_GT(sample.submission_ns.value_or(0), 0);
    EXPECT_LE(sample.submission_ns, sample.drained_ns);
    EXPECT_TRUE(sample.kernel_workers);
    EXPECT_FALSE(sample.cost.write_syscalls || sample.cost.written_bytes);
  }
}

// Throws from the loop over the lines, while blocks are in flight.
class GivesUp final : public LineObserver {
 public:
  void line_is_due() override {
    if (++lines_ == 1500) throw std::runtime_error("given up");
  }
  void line_is_done() override {}

 private:
  int lines_ = 0;
};

TEST_P(IoUringTest, WaitsForWhatIsInFlightBeforeItsMemoryGoes) {
  const engine::NumberedLines content(3000);
  GivesUp observer;
  JobHooks hooks;
  hooks.observe = [&](const LineRange&) { return &observer; };
  for (int attempt = 0; attempt < 20; ++attempt) {
    observer = {};
    BareRun run(strategy(), {.lines = 3000, .buffer_bytes = 512, .queue_depth = 16}, content, hooks, {}, scratch_);
    run.prepare();
    EXPECT_THROW(run.run(), std::runtime_error);
  }
}

// The bytes of a file's pages in the cache that are not on its device (cachestat(2), Linux 6.5).
std::optional<std::uint64_t> dirty_bytes(int descriptor) {
  constexpr long kCachestat = 451;
  struct {
    std::uint64_t offset = 0, length = 0;  // to the end
  } range;
  struct {
    std::uint64_t cached, dirty, writeback, evicted, recently_evicted;
  } pages{};
  if (::syscall(kCachestat, descriptor, &range, &pages, 0) != 0) return std::nullopt;
  return (pages.dirty + pages.writeback) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// Asks the kernel, whenever an append has returned, what of the file is not on the device.
class AsksTheKernel final : public LineObserver {
 public:
  AsksTheKernel(int descriptor, const Content& content) : descriptor_(descriptor), content_(content) {}
  void line_is_due() override { ++due_; }
  void line_is_done() override {
    struct stat status {};
    ::fstat(descriptor_, &status);
    const bool is_there = static_cast<std::uint64_t>(status.st_size) >= content_.offset_bytes(due_);
    early_ += !is_there || dirty_bytes(descriptor_).value_or(0) > 0;
  }

  std::uint64_t early() const { return early_; }

 private:
  const int descriptor_;
  const Content& content_;
  std::uint64_t due_ = 0;
  std::uint64_t early_ = 0;  // appends that returned before their line was on the device
};

TEST_P(IoUringTest, ReturnsFromAnAppendOnlyWhenItsLineIsOnTheDevice) {
  if (!strategy().contract.each_line_durable) GTEST_SKIP() << "it makes no such promise";
  constexpr std::uint64_t kSyncedLines = 40;
  const engine::NumberedLines content(kSyncedLines);
  const auto early = [&](Durability::Kind kind) -> std::optional<std::uint64_t> {
    std::optional<AsksTheKernel> observer;
    JobHooks hooks;
    hooks.observe = [&](const LineRange&) { return &*observer; };
    BareRun run(strategy(), {.lines = kSyncedLines, .buffer_bytes = 1, .durability = {.kind = kind}}, content, hooks,
                {}, scratch_);
    const engine::OwnedDescriptor file(::open(run.paths().front().c_str(), O_RDONLY | O_CLOEXEC));
    if (!dirty_bytes(file.get())) return std::nullopt;
    observer.emplace(file.get(), content);
    run.prepare();
    run.run();
    run.finish();
    EXPECT_TRUE(run.verify().right);
    return observer->early();
  };
  const auto without = early(Durability::Kind::kClose);
  if (!without) GTEST_SKIP() << "this kernel does not tell what is dirty";
  if (*without == 0) GTEST_SKIP() << "nothing is ever dirty here";
  EXPECT_EQ(early(Durability::Kind::kLine), 0u);
}

// The kernel's thread completes requests before it says that it has taken their entries, of which there then are none.
TEST_P(IoUringTest, WaitsForAPollingThreadThatIsBehind) {
  const engine::NumberedLines content(50'000);
  for (int times = 0; times < 5; ++times) {
    BareRun run(
        strategy(),
        {.lines = content.lines(), .buffer_bytes = 41, .queue_depth = 126, .own = {{"fixed", 1}, {"sqpoll", 1}}},
        content, {}, {}, scratch_);
    run.prepare();
    run.run();
    run.finish();
    ASSERT_TRUE(run.verify().right) << times;
  }
}

// Ends the process with 0 if the strategy is unavailable, and says why.
[[noreturn]] void prepare_and_exit(BareRun& run) {
  try {
    run.prepare();
  } catch (const Unsupported& unsupported) {
    std::fputs(unsupported.what(), stderr);
    ::_exit(0);
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
  }
  ::_exit(1);
}

TEST_P(IoUringTest, IsUnavailableWithTheReasonIfTheKernelRefuses) {
  const engine::NumberedLines content(10);
  BareRun run(strategy(), {.lines = 10}, content, {}, {}, scratch_);
  const auto refused_by = [&](int error_number) {
    forbid(SYS_io_uring_setup, error_number);
    prepare_and_exit(run);
  };
  EXPECT_EXIT(refused_by(EPERM), testing::ExitedWithCode(0),
              "^the kernel refuses io_uring .Operation not permitted.: a policy such as seccomp's$");
  EXPECT_EXIT(refused_by(ENOSYS), testing::ExitedWithCode(0),
              "^the kernel refuses io_uring .Function not implemented.: a kernel without it, or a policy");
  EXPECT_EXIT(refused_by(EMFILE), testing::ExitedWithCode(1), "^io_uring_setup: Too many open files$");
}

TEST_P(IoUringTest, IsUnavailableIfItMayNotLockItsBlocks) {
  const engine::NumberedLines content(100'000);
  BareRun run(strategy(), {.lines = 100'000, .own = {{"fixed", 1}}}, content, {}, {}, scratch_);
  const auto as_nobody = [&] {
    const rlimit none{65'536, 65'536};
    ::setrlimit(RLIMIT_MEMLOCK, &none);
    if (::geteuid() == 0 && ::setresuid(61'999, 61'999, 61'999) != 0) ::_exit(2);
    prepare_and_exit(run);
  };
  EXPECT_EXIT(as_nobody(), testing::ExitedWithCode(0), "512 KiB are too much .*RLIMIT_MEMLOCK is 64 KiB.*fixed=off$");
}

INSTANTIATE_TEST_SUITE_P(Each, IoUringTest, testing::ValuesIn(ring_subjects()), subject_name);

TEST(IoUringRefusal, IsOnlyWhatForbidsItAndNoLackOfMemoryOrDescriptors) {
  for (const int error_number : {EPERM, ENOSYS}) EXPECT_TRUE(strategies::io_uring_refusal_of(error_number));
  for (const int error_number : {0, ENOMEM, EMFILE, EAGAIN, EINVAL}) {
    EXPECT_FALSE(strategies::io_uring_refusal_of(error_number)) << error_number;
  }
}

}  // namespace
}  // namespace writebench::tests
