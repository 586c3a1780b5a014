// What a strategy holds while the kernel takes nothing: lines in flight, and memory.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/lines/sized_lines.hpp"
#include "tests/strategies/cell_parameters.hpp"
#include "tests/strategies/contract.hpp"

namespace writebench::tests {
namespace {

using std::chrono::milliseconds;

// Holds every write until it is opened.
class Gate {
 public:
  void close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    reached_ = true;
    opened_.wait(lock, [this] { return open_; });
  }
  /// Whether a write has come since the last call.
  bool was_reached() {
    const std::lock_guard lock(mutex_);
    return std::exchange(reached_, false);
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = true;
  bool reached_ = false;
};
Gate gate;

constexpr Syscalls kGated{
    .write = [](int descriptor, const void* from, std::size_t size) -> ssize_t {
      gate.pass();
      return ::write(descriptor, from, size);
    },
    .pwrite = [](int descriptor, const void* from, std::size_t size, off_t at) -> ssize_t {
      gate.pass();
      return ::pwrite(descriptor, from, size, at);
    },
    .writev = [](int descriptor, const iovec* parts, int count) -> ssize_t {
      gate.pass();
      return ::writev(descriptor, parts, count);
    },
    .pwritev2 = [](int descriptor, const iovec* parts, int count, off_t at, int flags) -> ssize_t {
      gate.pass();
      return ::pwritev2(descriptor, parts, count, at, flags);
    },
};

class CountsLines final : public LineObserver {
 public:
  explicit CountsLines(std::atomic<std::uint64_t>& lines) : lines_(lines) {}
  void line_is_due() override { ++lines_; }
  void line_is_done() override {}

 private:
  std::atomic<std::uint64_t>& lines_;
};

constexpr std::size_t kLineBytes = 8192;  // two stdio buffers: no line stays in one while others go on
constexpr std::uint64_t kLines = 400;

// How many lines the strategy has taken once it takes no more, while each write is held. The bytes that it has written
// in the end must be right.
std::uint64_t lines_taken(const Descriptor& strategy, tests::CellParameters parameters,
                          const engine::Scratch& scratch) {
  parameters.lines = kLines;
  const engine::SizedLines content(kLines, {kLineBytes, kLineBytes, 0});
  std::atomic<std::uint64_t> taken = 0;
  std::mutex mutex;
  std::deque<CountsLines> observers;
  JobHooks hooks;
  hooks.observe = [&](const LineRange&) {
    const std::lock_guard lock(mutex);
    return static_cast<LineObserver*>(&observers.emplace_back(taken));
  };
  BareRun run(strategy, parameters, content, hooks, kGated, scratch);
  run.prepare();
  gate.was_reached();
  gate.close();
  std::thread runner([&] { run.run(); });
  while (!gate.was_reached()) std::this_thread::sleep_for(milliseconds(1));
  std::uint64_t before;
  do {  // a strategy without bounds has taken all by then, whatever else the machine does
    before = taken;
    std::this_thread::sleep_for(milliseconds(50));
  } while (taken != before);
  gate.open();
  runner.join();
  run.finish();
  const engine::Verification verification = run.verify();
  EXPECT_TRUE(verification.right) << verification.describe();
  return before;
}

// The blocks, the stdio buffers and the lines that a strategy can hold by its parameters; by its own options, what it
// says that a death may take.
std::uint64_t most_lines(const tests::CellParameters& parameters, const Descriptor* strategy = nullptr) {
  std::uint64_t bytes = 2 * (parameters.threads + parameters.writers) * parameters.buffer_bytes;
  if (strategy != nullptr && strategy->may_lose_bytes) {
    const Parameters given = parameters.of(*strategy);
    bytes = std::max(bytes, strategy->may_lose_bytes(
                                {.parameters = given, .longest_line_bytes = kLineBytes, .file_block_bytes = 4096}));
  }
  return bytes / kLineBytes + parameters.writers + 1;
}

constexpr tests::CellParameters kSmall{.writers = 4, .threads = 2, .buffer_bytes = 16384, .queue_depth = 8};

// Writes that do not go through File cannot be held.
bool can_be_held(const Subject& subject) { return subject.writes() && subject.writes_through_file; }

class Bounds : public ForEachSubject {
 protected:
  void SetUp() override { skip_if_unavailable(); }

  // Each of them holds a line beyond those in flight, which it waits to submit.
  std::uint64_t callers(const tests::CellParameters& parameters) const {
    return strategy().lists(kWriters) ? parameters.writers : 1;
  }
};

TEST_P(Bounds, HoldNoMoreLinesThanItsBlocksAndItsQueueTake) {
  EXPECT_LE(lines_taken(strategy(), kSmall, scratch_), most_lines(kSmall, &strategy()));
}

class BoundsInLines : public Bounds {};

TEST_P(BoundsInLines, HoldTheQueueDepth) {
  for (const std::size_t depth : {1u, 7u, 100u}) {
    tests::CellParameters parameters = kSmall;
    parameters.queue_depth = depth;
    const std::uint64_t taken = lines_taken(strategy(), parameters, scratch_);
    EXPECT_GT(taken, depth);
    EXPECT_LE(taken, depth + callers(parameters));
  }
}

class BoundsInBytes : public Bounds {};

TEST_P(BoundsInBytes, HoldTheBytesInFlight) {
  for (const std::uint64_t lines : {1u, 7u, 100u}) {
    tests::CellParameters parameters = kSmall;
    parameters.queue_depth = 1000;
    parameters.in_flight_bytes = lines * kLineBytes + kLineBytes / 2;
    const std::uint64_t taken = lines_taken(strategy(), parameters, scratch_);
    EXPECT_GT(taken, lines);
    EXPECT_LE(taken, lines + callers(parameters));
  }
}

// The growth of resident memory of a run in a child process.
std::int64_t growth_bytes(const Descriptor& strategy, std::uint64_t lines, const engine::Scratch& scratch) {
  const engine::Workload workload;
  const engine::SizedLines content(lines, engine::LineSizes{1000, 1000, 0});
  const Parameters parameters = tests::CellParameters{.lines = lines, .writers = 4}.of(strategy);
  const TrialFilesOf files(scratch, strategy, parameters);
  const auto trial = engine::run_trial(
      {.strategy = strategy, .parameters = parameters, .workload = workload, .content = content, .files = files});
  files.remove();
  EXPECT_EQ(trial->sample.outcome, engine::Outcome::kOk) << trial->sample.detail;
  return trial->sample.cost.rss_growth_bytes.value_or(0);
}

constexpr std::uint64_t kFewLines = 9'000;  // more than any strategy prepares
constexpr std::uint64_t kManyLines = 27'000;
constexpr std::int64_t kMostGrowthBytes = 4 << 20;  // the many lines are 18 MB more

std::int64_t growth_with_lines_bytes(const Descriptor& strategy, const engine::Scratch& scratch) {
  return growth_bytes(strategy, kManyLines, scratch) - growth_bytes(strategy, kFewLines, scratch);
}

// It may keep what it may hold; a library's record of a line takes up to half as much again as the line.
std::int64_t most_growth_bytes(const Descriptor& strategy) {
  if (!strategy.may_lose_bytes) return kMostGrowthBytes;
  const Parameters parameters = tests::CellParameters{.writers = 4}.of(strategy);
  const auto held_bytes = static_cast<std::int64_t>(
      strategy.may_lose_bytes({.parameters = parameters, .longest_line_bytes = 1000, .file_block_bytes = 4096}));
  return kMostGrowthBytes + 3 * held_bytes / 2;
}

class Memory : public ForEachSubject {
 protected:
  void SetUp() override { skip_if_unavailable(); }
};

TEST_P(Memory, DoesNotGrowWithTheLines) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer's own memory grows with what a program does";
#endif
  EXPECT_LT(growth_with_lines_bytes(strategy(), scratch_), most_growth_bytes(strategy()));
}

INSTANTIATE_TEST_SUITE_P(Each, Bounds, testing::ValuesIn(subjects(can_be_held)), subject_name);
INSTANTIATE_TEST_SUITE_P(Each, BoundsInLines, testing::ValuesIn(subjects([](const Subject& subject) {
                           return can_be_held(subject) && subject.strategy.lists(kQueueDepth);
                         })),
                         subject_name);
INSTANTIATE_TEST_SUITE_P(Each, BoundsInBytes, testing::ValuesIn(subjects([](const Subject& subject) {
                           return can_be_held(subject) && subject.strategy.lists(kInFlightBytes);
                         })),
                         subject_name);
INSTANTIATE_TEST_SUITE_P(Each, Memory, testing::ValuesIn(subjects()), subject_name);

// Takes all lines before it writes the first.
class Hoards final : public Strategy {
 public:
  void run(Job& job) override {
    std::vector<std::string> lines;
    for (const std::string_view line : job.lines()) lines.emplace_back(line);
    for (const std::string& line : lines) job.file().write_all(line);
    job.submitted();
  }
};

TEST(BoundsOfOneThatHoards, AreSeenToBeBroken) {
  const engine::Scratch scratch(testing::TempDir());
  const Descriptor hoards{.name = "hoards", .family = "", .summary = "", .make = make_strategy<Hoards>};
  EXPECT_EQ(lines_taken(hoards, kSmall, scratch), kLines);
  EXPECT_LT(most_lines(kSmall), kLines / 2);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_GT(growth_with_lines_bytes(hoards, scratch), 3 * kMostGrowthBytes);
#endif
}

}  // namespace
}  // namespace writebench::tests
