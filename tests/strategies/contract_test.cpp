// Every strategy of the table against what the table says of it: each case below runs for each of them, unasked.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "engine/lines/numbered_lines.hpp"
#include "engine/trial/scratch.hpp"
#include "engine/trial/trial.hpp"
#include "engine/verification/verify.hpp"
#include "strategies/table.hpp"

writebench::Descriptor every_hundred_entry();  // docs/examples

namespace writebench::strategies {
namespace {

using engine::Outcome;

std::atomic<int> calls = 0;
std::atomic<int> syncs = 0;

// The real kernel, but it takes at most three bytes at a time, and interrupts every fourth call.
constexpr Syscalls kShortAndInterrupted{
    .write = [](int descriptor, const void* from, std::size_t size) -> ssize_t {
      if (++calls % 4 == 0) {
        errno = EINTR;
        return -1;
      }
      return ::write(descriptor, from, std::min<std::size_t>(size, 3));
    },
    .pwrite = [](int descriptor, const void* from, std::size_t size, off_t at) -> ssize_t {
      if (++calls % 4 == 0) {
        errno = EINTR;
        return -1;
      }
      return ::pwrite(descriptor, from, std::min<std::size_t>(size, 3), at);
    },
};

// A disk that is full after so many bytes.
constexpr off_t kDiskBytes = 3000;
constexpr Syscalls kFullDisk{
    .write = [](int descriptor, const void* from, std::size_t size) -> ssize_t {
      const off_t room = kDiskBytes - ::lseek(descriptor, 0, SEEK_CUR);
      if (room <= 0) {
        errno = ENOSPC;
        return -1;
      }
      return ::write(descriptor, from, std::min(size, static_cast<std::size_t>(room)));
    },
    .pwrite = [](int descriptor, const void* from, std::size_t size, off_t at) -> ssize_t {
      if (at >= kDiskBytes) {
        errno = ENOSPC;
        return -1;
      }
      return ::pwrite(descriptor, from, std::min(size, static_cast<std::size_t>(kDiskBytes - at)), at);
    },
};

constexpr Syscalls kCountingSyncs{.fdatasync = [](int descriptor) {
  ++syncs;
  return ::fdatasync(descriptor);
}};

constexpr Syscalls kFailingSync{.fdatasync = [](int) {
  errno = EIO;
  return -1;
}};

class Contract : public testing::TestWithParam<Descriptor> {
 protected:
  struct Result {
    engine::Sample sample;
    engine::Verification verification;
  };

  // In this process, where the fake kernels can count.
  Result run(const Parameters& parameters, Syscalls syscalls = {}) {
    const engine::Workload workload;
    const engine::NumberedLines content(parameters.lines);
    const std::string path = scratch_.file_path("file");
    const auto sample = engine::run_trial({.strategy = GetParam(),
                                           .parameters = parameters,
                                           .workload = workload,
                                           .content = content,
                                           .path = path,
                                           .in_process = true,
                                           .syscalls = syscalls});
    Result result{sample->sample, engine::verify(path, content, GetParam().contract.order,
                                                 static_cast<unsigned>(parameters.value(kWriters)))};
    ::unlink(path.c_str());
    return result;
  }

  void expect_right(const Parameters& parameters, Syscalls syscalls = {}) {
    const Result result = run(parameters, syscalls);
    const auto describe = [&] {
      testing::Message message;
      message << parameters.lines << " lines";
      for (const OptionValue& option : parameters.options) message << ", " << option.name << " " << option.number;
      return message << ": " << result.sample.detail << " " << result.verification.describe();
    };
    EXPECT_EQ(result.sample.outcome, Outcome::kOk) << describe();
    EXPECT_TRUE(result.verification.right) << describe();
  }

  bool writes() const { return GetParam().contract.order != Order::kNothing; }

  engine::Scratch scratch_{testing::TempDir()};
};

TEST_P(Contract, HoldsForAnyNumberOfLinesAndWriters) {
  for (const std::uint64_t lines : {0u, 1u, 2u, 9u, 10u, 11u, 1000u, 3001u}) {
    for (const unsigned writers : {1u, 2u, 10u, 64u}) expect_right({.lines = lines, .options = {{kWriters, writers}}});
  }
}

TEST_P(Contract, HoldsForAnyBufferFromSmallerThanALineToLargerThanTheFile) {
  for (const std::size_t bytes : {1u, 2u, 7u, 8u, 9u, 100u, 4096u, 65536u, 1u << 20}) {
    expect_right({.lines = 2345, .options = {{kBufferSize, bytes}}});
  }
}

TEST_P(Contract, HoldsForAnyNumberOfThreadsAndAnyDepth) {
  for (const unsigned threads : {1u, 2u, 3u, 8u, 33u}) {
    for (const std::size_t depth : {1u, 2u, 1000u}) {
      expect_right({.lines = 1234, .options = {{kThreads, threads}, {kQueueDepth, depth}}});
    }
  }
}

TEST_P(Contract, HoldsForAnyBoundOnTheBytesInFlight) {
  for (const std::uint64_t bytes : {1u, 8u, 100u, 100'000u}) {
    expect_right({.lines = 1234, .options = {{kInFlightBytes, bytes}}});
  }
}

TEST_P(Contract, HoldsForTheOriginCase) {
  expect_right({.lines = GetParam().name == "naive-async" ? 50'000u : 500'000u});
}

TEST_P(Contract, ContinuesShortCountsAndInterruptedCalls) {
  expect_right({.lines = 500, .options = {{kBufferSize, 100}}}, kShortAndInterrupted);
}

TEST_P(Contract, ReportsAFullDisk) {
  for (const std::size_t buffer_bytes : {64u, 512u, 1u << 20}) {
    const Result result = run({.lines = 2000, .options = {{kBufferSize, buffer_bytes}}}, kFullDisk);
    if (!writes()) continue;
    EXPECT_EQ(result.sample.outcome, Outcome::kFailed);
    EXPECT_NE(result.sample.detail.find("No space left on device"), std::string::npos) << result.sample.detail;
  }
}

TEST_P(Contract, MakesItsBytesDurableWhereAskedTo) {
  syncs = 0;
  expect_right({.lines = 100, .durability = {.kind = Durability::Kind::kClose}}, kCountingSyncs);
  EXPECT_EQ(syncs, 1);
  if (!writes()) return;
  syncs = 0;
  expect_right({.lines = 5000,
                .durability = {.kind = Durability::Kind::kBytes, .interval_bytes = 10'000},
                .options = {{kBufferSize, 100}}},
               kCountingSyncs);
  EXPECT_EQ(syncs, GetParam().name == "bulk" ? 2 : 5) << "48,890 bytes pass four multiples of 10,000 (in bulk's one "
                                                         "call, one sync); and one at the end";
}

TEST_P(Contract, MakesEachLineDurableWhereItSaysSo) {
  if (!writes() || !GetParam().contract.each_line_durable) return;  // it makes no such promise
  syncs = 0;
  expect_right({.lines = 50, .durability = {.kind = Durability::Kind::kLine}}, kCountingSyncs);
  EXPECT_EQ(syncs, 51) << "one a line, one at the end";
}

TEST_P(Contract, ReportsAFailedSync) {
  const Result result = run({.lines = 10, .durability = {.kind = Durability::Kind::kClose}}, kFailingSync);
  EXPECT_EQ(result.sample.outcome, Outcome::kFailed);
  EXPECT_NE(result.sample.detail.find("fdatasync"), std::string::npos) << result.sample.detail;
}

TEST_P(Contract, MarksThatTheCallersAreFreeNoLaterThanTheEnd) {
  const Result result = run({.lines = 1000});
  ASSERT_TRUE(result.sample.submitted_ns && result.sample.drained_ns);
  EXPECT_LE(*result.sample.submitted_ns, *result.sample.drained_ns);
}

TEST_P(Contract, RunsInAChildProcessToo) {
  const engine::Workload workload;
  const engine::NumberedLines content(100);
  const auto sample = engine::run_trial({.strategy = GetParam(),
                                         .parameters = {.lines = 100},
                                         .workload = workload,
                                         .content = content,
                                         .path = scratch_.file_path("child")});
  EXPECT_EQ(sample->sample.outcome, Outcome::kOk) << sample->sample.detail;
}

std::string test_name(const testing::TestParamInfo<Descriptor>& info) {
  std::string name(info.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Strategies, Contract, testing::ValuesIn(table().begin(), table().end()), test_name);
INSTANTIATE_TEST_SUITE_P(Documented, Contract, testing::Values(every_hundred_entry()), test_name);

}  // namespace

}  // namespace writebench::strategies

namespace writebench {
void PrintTo(const Descriptor& strategy, std::ostream* out) { *out << strategy.name; }
}  // namespace writebench
