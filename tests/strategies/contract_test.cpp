// Every strategy against what its descriptor says of it: each case below runs for each of them, unasked.
#include "tests/strategies/contract.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <deque>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "engine/lines/numbered_lines.hpp"
#include "engine/lines/random_lines.hpp"
#include "engine/lines/replayed_lines.hpp"
#include "engine/lines/sized_lines.hpp"
#include "tests/strategies/cell_parameters.hpp"

namespace writebench::tests {
namespace {

using engine::Outcome;

std::atomic<int> calls = 0;
std::atomic<int> syncs = 0;
std::atomic<std::size_t> most_per_call = 0;

bool interrupts() {
  if (++calls % 4 != 0) return false;
  errno = EINTR;
  return true;
}

// The real kernel, but it takes few bytes at a time, and interrupts every fourth call.
constexpr Syscalls kShortAndInterrupted{
    .write = [](int descriptor, const void* from, std::size_t size) -> ssize_t {
      return interrupts() ? -1 : ::write(descriptor, from, std::min(size, most_per_call.load()));
    },
    .pwrite = [](int descriptor, const void* from, std::size_t size, off_t at) -> ssize_t {
      return interrupts() ? -1 : ::pwrite(descriptor, from, std::min(size, most_per_call.load()), at);
    },
    .writev = [](int descriptor, const iovec* parts, int) -> ssize_t {
      return interrupts() ? -1 : ::write(descriptor, parts->iov_base, std::min(parts->iov_len, most_per_call.load()));
    },
    .pwritev2 = [](int descriptor, const iovec* parts, int, off_t at, int flags) -> ssize_t {
      const iovec few{parts->iov_base, std::min(parts->iov_len, most_per_call.load())};
      return interrupts() ? -1 : ::pwritev2(descriptor, &few, 1, at, flags);
    },
    .sync_file_range =
        [](int descriptor, off_t at, off_t size, unsigned flags) {
          return interrupts() ? -1 : ::sync_file_range(descriptor, at, size, flags);
        },
};

// A disk that takes so many bytes of each file.
constexpr off_t kDiskBytes = 4096;
ssize_t write_to_full_disk(int descriptor, const void* from, std::size_t size) {
  const off_t room = kDiskBytes - ::lseek(descriptor, 0, SEEK_CUR);
  if (room <= 0) {
    errno = ENOSPC;
    return -1;
  }
  return ::write(descriptor, from, std::min(size, static_cast<std::size_t>(room)));
}
ssize_t pwrite_to_full_disk(int descriptor, const void* from, std::size_t size, off_t at) {
  if (at >= kDiskBytes) {
    errno = ENOSPC;
    return -1;
  }
  return ::pwrite(descriptor, from, std::min(size, static_cast<std::size_t>(kDiskBytes - at)), at);
}
constexpr Syscalls kFullDisk{
    .write = write_to_full_disk,
    .pwrite = pwrite_to_full_disk,
    .writev = [](int descriptor, const iovec* parts, int) -> ssize_t {
      return write_to_full_disk(descriptor, parts->iov_base, parts->iov_len);
    },
    .pwritev2 = [](int descriptor, const iovec* parts, int, off_t at, int) -> ssize_t {
      return pwrite_to_full_disk(descriptor, parts->iov_base, parts->iov_len, at);
    },
};

std::atomic<int> fsyncs = 0;
std::atomic<int> truncations = 0;

constexpr Syscalls kCountingSyncs{
    .ftruncate =
        [](int descriptor, off_t bytes) {
          ++truncations;
          return ::ftruncate(descriptor, bytes);
        },
    .fdatasync =
        [](int descriptor) {
          ++syncs;
          return ::fdatasync(descriptor);
        },
    .fsync =
        [](int descriptor) {
          ++fsyncs;
          return ::fsync(descriptor);
        },
};

constexpr Syscalls kFailingSync{.fdatasync = [](int) {
  errno = EIO;
  return -1;
}};

// While it lives, no file of this process and its children can be larger (EFBIG).
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limited{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

class ContractTest : public ForEachSubject {
 protected:
  struct Result {
    engine::Sample sample;
    engine::Verification verification;
  };

  void SetUp() override { skip_if_unavailable(); }

  // In this process, where the fake kernels can count, unless `forked`.
  Result run(const tests::CellParameters& parameters, Syscalls syscalls = {}, bool forked = false) {
    return run(std::make_shared<engine::NumberedLines>(parameters.lines), parameters, syscalls, forked);
  }

  Result run(std::shared_ptr<const Content> content, const tests::CellParameters& parameters, Syscalls syscalls = {},
             bool forked = false) {
    const engine::Workload workload;
    const Parameters given = parameters.of(strategy());
    const TrialFilesOf made(scratch_, strategy(), given);
    const auto trial = engine::run_trial({.strategy = strategy(),
                                          .parameters = given,
                                          .workload = workload,
                                          .content = *content,
                                          .files = made,
                                          .in_process = !forked,
                                          .syscalls = syscalls});
    Result result{trial->sample, engine::verify({made.paths(), made.descriptors()}, *content, strategy(), given)};
    made.remove();
    return result;
  }

  void expect_right(const Result& result, const tests::CellParameters& parameters) {
    const auto describe = [&] {
      return testing::Message() << parameters.lines << " lines, " << parameters.writers << " writers, "
                                << parameters.threads << " threads, " << parameters.processes << " processes, "
                                << parameters.buffer_bytes << " bytes, depth " << parameters.queue_depth << ": "
                                << result.sample.detail << " " << result.verification.describe();
    };
    EXPECT_EQ(result.sample.outcome, Outcome::kOk) << describe();
    EXPECT_TRUE(result.verification.right) << describe();
  }

  void expect_right(const tests::CellParameters& parameters, Syscalls syscalls = {}) {
    expect_right(run(parameters, syscalls), parameters);
  }

  // A full disk ends in one of these. Who appends beside others cannot go on to the call that would say why.
  void expect_failure(const engine::Sample& sample, const std::string& reason) {
    EXPECT_EQ(sample.outcome, Outcome::kFailed);
    const bool is_short = GetParam().refuses_short_counts && sample.detail.find("bytes taken)") != std::string::npos;
    EXPECT_TRUE(is_short || sample.detail.find(reason) != std::string::npos) << sample.detail;
  }

  unsigned files(unsigned writers) const { return engine::file_count(strategy().contract, writers); }
};

TEST_P(ContractTest, HoldsForAnyNumberOfLinesAndWriters) {
  for (const std::uint64_t lines : {0u, 1u, 2u, 9u, 10u, 11u, 1000u, 3001u}) {
    for (const unsigned writers : {1u, 2u, 10u, 64u}) expect_right({.lines = lines, .writers = writers});
  }
}

TEST_P(ContractTest, HoldsForAnyBufferFromSmallerThanALineToLargerThanTheFile) {
  for (const std::size_t bytes : {1u, 2u, 7u, 8u, 9u, 100u, 4096u, 65536u, 1u << 20}) {
    expect_right({.lines = 678, .buffer_bytes = bytes});
  }
}

TEST_P(ContractTest, HoldsForAnyNumberOfThreadsAndAnyDepth) {
  for (const unsigned threads : {1u, 2u, 3u, 8u, 33u}) {
    for (const std::size_t depth : {1u, 2u, 1000u}) {
      expect_right({.lines = 1234, .threads = threads, .queue_depth = depth});
    }
  }
}

class ContractOfProcesses : public ContractTest {};

TEST_P(ContractOfProcesses, HoldsForAnyNumber) {
  for (const std::uint64_t lines : {0u, 1u, 4u, 1000u}) {
    for (const unsigned processes : {1u, 2u, 3u, 5u, 17u}) {
      for (const bool forked : {false, true}) {
        const tests::CellParameters parameters{.lines = lines, .processes = processes};
        expect_right(run(parameters, {}, forked), parameters);
      }
    }
  }
}

TEST_P(ContractTest, HoldsForLinesFromOneByteToManyTimesTheBufferAndTheBatch) {
  for (const engine::LineSizes sizes : {engine::LineSizes{8193, 8193, 0}, engine::LineSizes{1, 40'000, 1}}) {
    const tests::CellParameters parameters{.lines = 300, .buffer_bytes = 5000};
    const auto sized = std::make_shared<engine::SizedLines>(parameters.lines, sizes);
    expect_right(run(sized, parameters), parameters);
    expect_right(run(std::make_shared<engine::RandomLines>(sized, 1), parameters), parameters);
  }
}

TEST_P(ContractTest, HoldsForEqualAndEmptyLinesOfARealFile) {
  const std::string path = scratch_.file_path("replayed");
  std::ofstream(path) << "same\n\nsame\n" << std::string(20'000, 'x') << "\n\nother\nsame";
  const tests::CellParameters parameters{.lines = 500, .writers = 3, .buffer_bytes = 100};
  expect_right(run(std::make_shared<engine::ReplayedLines>(path, parameters.lines), parameters), parameters);
}

TEST_P(ContractTest, HoldsForTheOriginCase) {
  const std::set<std::string> slow{"naive-async", "libuv-awaited", "boost-log-async"};
  const bool is_slow = slow.contains(strategy().name) || strategy().family == "file users";
  const tests::CellParameters parameters{.lines = is_slow ? 50'000u : 500'000u};
  expect_right(run(parameters, {}, true), parameters);
}

TEST_P(ContractTest, KeepsAPace) {
  const engine::Workload workload{.pace = {.lines_per_second = 500, .burst_lines = 10}};
  const tests::CellParameters parameters{.lines = 31, .writers = 1, .threads = 1};
  const Parameters given = parameters.of(strategy());
  const engine::NumberedLines content(parameters.lines);
  const TrialFilesOf made(scratch_, strategy(), given);
  const auto trial = engine::run_trial({.strategy = strategy(),
                                        .parameters = given,
                                        .workload = workload,
                                        .content = content,
                                        .files = made,
                                        .observe = true});
  expect_right({trial->sample, engine::verify({made.paths(), made.descriptors()}, content, strategy(), given)},
               parameters);
  made.remove();
  const bool walks = trial->caller_stall.count > 0;
  EXPECT_GE(trial->sample.drained_ns, walks ? 60'000'000 : 0) << "when the last burst is due";
  EXPECT_EQ(trial->pace_late.count, walks ? 31u : 0u);
}

// Each line is due two milliseconds after it was asked for.
class DueLater final : public LineObserver {
 public:
  void line_is_due() override {
    ++waited_for;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::optional<Moment> line_to_await() override {
    return std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
  }
  void line_has_come() override { ++awaited; }
  void line_is_done() override {}

  unsigned waited_for = 0;
  unsigned awaited = 0;
};

TEST_P(ContractTest, AwaitsItsLinesIfItHasAnEventLoop) {
  const tests::CellParameters parameters{.lines = 12, .writers = 3};
  const engine::NumberedLines content(parameters.lines);
  std::deque<DueLater> observers;
  std::mutex mutex;
  bool has_loop = false;
  JobHooks hooks;
  hooks.observe = [&](const LineRange&) {
    const std::lock_guard lock(mutex);
    return static_cast<LineObserver*>(&observers.emplace_back());
  };
  hooks.loop_late_ns = [&](std::int64_t) { has_loop = true; };
  BareRun bare(strategy(), parameters, content, hooks, {}, scratch_);
  bare.prepare();
  bare.run();
  bare.finish();
  unsigned waited_for = 0;
  unsigned awaited = 0;
  for (const DueLater& observer : observers) {
    waited_for += observer.waited_for;
    awaited += observer.awaited;
  }
  if (observers.empty()) return;  // it walks no lines
  EXPECT_EQ(awaited, has_loop ? 12u : 0u) << "Lines::awaited(), and loop.until() for each line that is not due";
  EXPECT_EQ(waited_for, has_loop ? 0u : 12u);
}

TEST_P(ContractTest, MakesSpaceBeforehandOnlyIfItSaysSo) {
  const engine::NumberedLines content(5000);
  const auto expect_space = [&](const tests::CellParameters& parameters) {
    BareRun bare(strategy(), parameters, content, {}, {}, scratch_);
    bare.prepare();
    bool has_space = false;
    for (const std::string& path : bare.paths()) {
      struct stat status {};
      ASSERT_EQ(::stat(path.c_str(), &status), 0) << path;
      has_space = has_space || status.st_blocks > 0;
    }
    const bool makes_space = strategy().makes_space && strategy().makes_space(parameters.of(strategy()));
    EXPECT_EQ(has_space, makes_space);
    bare.run();  // threads that prepare() started wait for it
    bare.finish();
  };
  expect_space({.lines = 5000});
  for (const Option* option : strategy().options) {
    for (std::uint64_t word = 0; word < option->words.size(); ++word) {
      SCOPED_TRACE(testing::Message() << option->name << '=' << option->words[word]);
      expect_space({.lines = 5000, .own = {{option->name, word}}});
    }
  }
}

TEST_P(ContractTest, ContinuesShortCountsAndInterruptedCalls) {
  calls = 0;
  const bool aligned = GetParam().alignment_bytes > 1;
  most_per_call = aligned ? GetParam().alignment_bytes : 3;
  const tests::CellParameters parameters{.lines = aligned ? 5000u : 500u,
                                         .buffer_bytes = aligned ? 3 * most_per_call : 100};
  const Result result = run(parameters, kShortAndInterrupted);
  if (GetParam().refuses_short_counts) {
    expect_failure(result.sample, "bytes taken)");
  } else {
    expect_right(result, parameters);
  }
  EXPECT_EQ(calls > 0, writes() && GetParam().writes_through_file) << "the fake was called " << calls << " times";
}

class ContractOfFile : public ContractTest {};

TEST_P(ContractOfFile, ReportsAFullDisk) {
  for (const std::size_t buffer_bytes : {64u, 512u, 1u << 20}) {
    expect_failure(run({.lines = 20'000, .buffer_bytes = buffer_bytes}, kFullDisk).sample, "No space left on device");
  }
}

class ContractOfWriters : public ContractTest {};

TEST_P(ContractOfWriters, ReportsAFileThatTheSystemLetsGrowNoLarger) {
  for (const std::size_t buffer_bytes : {64u, 1u << 20}) {
    const engine::Sample sample = [&] {
      const FileSizeLimit limit(8192);
      return run({.lines = 20'000, .buffer_bytes = buffer_bytes}, {}, true).sample;
    }();
    expect_failure(sample, "File too large");
  }
}

TEST_P(ContractTest, MakesItsBytesDurableOnceAtTheEnd) {
  syncs = 0;
  expect_right({.lines = 100, .durability = {.kind = Durability::Kind::kClose}}, kCountingSyncs);
  EXPECT_EQ(syncs, GetParam().syncs_by_itself() ? 0 : static_cast<int>(files(10)));
}

TEST_P(ContractTest, MakesItsBytesDurableWheneverSoManyMoreAreWritten) {
  syncs = 0;
  expect_right(
      {.lines = 5000, .buffer_bytes = 100, .durability = {.kind = Durability::Kind::kBytes, .interval_bytes = 10'000}},
      kCountingSyncs);
  // 48,890 bytes pass four multiples of 10,000; then one sync at the end. No file of ten reaches 10,000 bytes. A
  // library may have a buffer of 32 or 64 KiB.
  const int expected = !writes()                                    ? 1
                       : files(10) > 1                              ? 10
                       : strategy().name == "leveldb-writable-file" ? 2
                       : strategy().name == "fmt-output-file"       ? 3
                                                                    : 5;
  EXPECT_EQ(syncs, GetParam().syncs_by_itself() ? 0 : expected);
}

class ContractOfDurableLines : public ContractTest {};

TEST_P(ContractOfDurableLines, IsKeptForEachLine) {
  syncs = 0;
  expect_right({.lines = 50, .durability = {.kind = Durability::Kind::kLine}}, kCountingSyncs);
  EXPECT_EQ(syncs > 0, !GetParam().syncs_by_itself()) << "what a line waits for is in durable_lines_test.cpp";
}

class ContractOfSyncs : public ContractTest {};

TEST_P(ContractOfSyncs, UsesFsyncIfThatIsChosen) {
  for (const auto kind : {Durability::Kind::kClose, Durability::Kind::kBytes, Durability::Kind::kLine}) {
    if (kind == Durability::Kind::kLine && !strategy().contract.each_line_durable) continue;
    syncs = fsyncs = 0;
    expect_right({.lines = 50,
                  .buffer_bytes = 100,
                  .durability = {.kind = kind, .interval_bytes = 100},
                  .sync_call = SyncCall::kFsync},
                 kCountingSyncs);
    EXPECT_EQ(syncs, 0);
    EXPECT_GT(fsyncs, 0);
  }
}

// A truncation is a change that O_DSYNC does not cover. It does nothing for bytes that are not written by a call on the
// descriptor.
TEST_P(ContractOfSyncs, NeedsNoCallIfItsFilesAreOpenedWithODsync) {
  for (const auto kind : {Durability::Kind::kClose, Durability::Kind::kBytes, Durability::Kind::kLine}) {
    if (kind == Durability::Kind::kLine && !strategy().contract.each_line_durable) continue;
    syncs = fsyncs = truncations = 0;
    const tests::CellParameters parameters{.lines = 50,
                                           .buffer_bytes = 100,
                                           .durability = {.kind = kind, .interval_bytes = 100},
                                           .sync_call = SyncCall::kDsync};
    const Result result = run(parameters, kCountingSyncs);
    if (!GetParam().writes_through_file && !GetParam().reports_completions) {
      EXPECT_EQ(result.sample.outcome, Outcome::kUnavailable) << result.sample.detail;
      EXPECT_NE(result.sample.detail.find("O_DSYNC"), std::string::npos) << result.sample.detail;
      continue;
    }
    expect_right(result, parameters);
    EXPECT_EQ(syncs, writes() ? truncations.load() : 1) << "an empty file is synced";
    EXPECT_EQ(fsyncs, 0);
  }
}

TEST_P(ContractOfSyncs, ReportsAFailedOne) {
  const Result result = run({.lines = 10, .durability = {.kind = Durability::Kind::kClose}}, kFailingSync);
  EXPECT_EQ(result.sample.outcome, Outcome::kFailed);
  EXPECT_NE(result.sample.detail.find("fdatasync"), std::string::npos) << result.sample.detail;
}

TEST_P(ContractTest, WritesIntoWhateverWasSetUpForIt) {
  for (const engine::FileState state : {engine::FileState::kTruncate, engine::FileState::kOverwrite}) {
    for (const auto preallocation : {engine::Preallocation::kNone, engine::Preallocation::kSize}) {
      const engine::Workload workload{.file_state = state, .preallocation = preallocation};
      const engine::NumberedLines content(1001);
      const tests::CellParameters parameters{.lines = 1001, .writers = 4};
      const Parameters given = parameters.of(strategy());
      const TrialFilesOf made(scratch_, strategy(), given);
      const auto trial = engine::run_trial(
          {.strategy = strategy(), .parameters = given, .workload = workload, .content = content, .files = made});
      const bool is_empty = state == engine::FileState::kTruncate && preallocation == engine::Preallocation::kNone;
      if (strategy().access.append && !is_empty) {  // O_APPEND would put the lines after the old bytes
        EXPECT_EQ(trial->sample.outcome, Outcome::kUnavailable);
      } else {
        expect_right({trial->sample, engine::verify({made.paths(), made.descriptors()}, content, strategy(), given)},
                     parameters);
      }
      made.remove();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, ContractTest, testing::ValuesIn(subjects()), subject_name);
INSTANTIATE_TEST_SUITE_P(Each, ContractOfWriters,
                         testing::ValuesIn(subjects([](const Subject& subject) { return subject.writes(); })),
                         subject_name);
INSTANTIATE_TEST_SUITE_P(Each, ContractOfFile, testing::ValuesIn(subjects([](const Subject& subject) {
                           return subject.writes() && subject.writes_through_file;
                         })),
                         subject_name);
INSTANTIATE_TEST_SUITE_P(Each, ContractOfProcesses, testing::ValuesIn(subjects([](const Subject& subject) {
                           return subject.strategy.lists(kProcesses);
                         })),
                         subject_name);
INSTANTIATE_TEST_SUITE_P(Each, ContractOfDurableLines, testing::ValuesIn(subjects([](const Subject& subject) {
                           return subject.strategy.contract.each_line_durable;
                         })),
                         subject_name);
INSTANTIATE_TEST_SUITE_P(Each, ContractOfSyncs,
                         testing::ValuesIn(subjects([](const Subject& subject) { return !subject.syncs_by_itself(); })),
                         subject_name);

}  // namespace
}  // namespace writebench::tests
