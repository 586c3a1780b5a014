// When an append may return, and when the callers may be called free: seen through the calls that a strategy makes and
// the lines that it takes.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "engine/lines/numbered_lines.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/cell_parameters.hpp"
#include "tests/strategies/contract.hpp"
#include "writebench/block.hpp"

namespace writebench::tests {
namespace {

// Follows each line: in which write it was, and whether a sync that began after that write has ended.
class Tracker {
 public:
  void start(bool writes_are_durable) {
    const std::lock_guard lock(mutex_);
    writes_are_durable_ = writes_are_durable;
    writes_ = durable_writes_ = syncs_ = early_ = 0;
    write_of_.clear();
  }

  void wrote(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    ++writes_;
    for (std::size_t end; (end = bytes.find('\n') + 1) != 0;) {  // none in zeros that only take the space
      write_of_.emplace(bytes.substr(0, end), writes_);
      bytes.remove_prefix(end);
    }
    if (writes_are_durable_) durable_writes_ = writes_;
  }

  void sync() {
    std::unique_lock lock(mutex_);
    const std::uint64_t covered = writes_;
    lock.unlock();
    std::this_thread::sleep_for(std::chrono::microseconds(100));  // as a device would, so that others go on meanwhile
    lock.lock();
    durable_writes_ = std::max(durable_writes_, covered);
    ++syncs_;
  }

  void returned(const std::string& line) {
    const std::lock_guard lock(mutex_);
    const auto write = write_of_.find(line);
    if (write == write_of_.end() || write->second > durable_writes_) ++early_;
  }

  std::uint64_t syncs() const { return syncs_; }
  std::uint64_t early() const { return early_; }

 private:
  std::mutex mutex_;
  bool writes_are_durable_ = false;
  std::uint64_t writes_ = 0;
  std::uint64_t durable_writes_ = 0;  // so many of the first writes are durable
  std::uint64_t syncs_ = 0;
  std::uint64_t early_ = 0;  // appends that returned before their line was durable
  std::unordered_map<std::string, std::uint64_t> write_of_;
};
Tracker tracker;

constexpr Syscalls kTracked{
    .write = [](int descriptor, const void* from, std::size_t size) -> ssize_t {
      const ssize_t count = ::write(descriptor, from, size);
      if (count > 0) tracker.wrote({static_cast<const char*>(from), static_cast<std::size_t>(count)});
      return count;
    },
    .pwrite = [](int descriptor, const void* from, std::size_t size, off_t at) -> ssize_t {
      const ssize_t count = ::pwrite(descriptor, from, size, at);
      if (count > 0) tracker.wrote({static_cast<const char*>(from), static_cast<std::size_t>(count)});
      return count;
    },
    .writev = [](int descriptor, const iovec* parts, int parts_count) -> ssize_t {
      const ssize_t count = ::writev(descriptor, parts, parts_count);
      std::string all;
      for (int i = 0; i < parts_count; ++i) all.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
      if (count > 0) tracker.wrote(std::string_view(all).substr(0, static_cast<std::size_t>(count)));
      return count;
    },
    .fdatasync =
        [](int) {
          tracker.sync();
          return 0;
        },
    .fsync =
        [](int) {
          tracker.sync();
          return 0;
        },
    .pwritev2 = [](int descriptor, const iovec* parts, int parts_count, off_t at, int flags) -> ssize_t {
      const ssize_t count = ::pwritev2(descriptor, parts, parts_count, at, flags);
      if (count > 0) tracker.wrote({static_cast<const char*>(parts->iov_base), static_cast<std::size_t>(count)});
      return count;
    },
};

// Knows which line its producer has, and tells the tracker when the append of it has returned.
class TellsWhenLinesReturn final : public LineObserver {
 public:
  explicit TellsWhenLinesReturn(LineRange range) : range_(range) {}
  void line_is_due() override { ++due_; }
  void line_is_done() override {
    tracker.returned("line#" + std::to_string(range_.first + (due_ - 1) * range_.step) + "\n");
  }

 private:
  const LineRange range_;
  std::uint64_t due_ = 0;
};

constexpr std::uint64_t kDurableLines = 60;

constexpr unsigned kWritersOfDurableLines = 4;

CellParameters durable_parameters() {
  return {.lines = kDurableLines, .writers = kWritersOfDurableLines, .durability = {.kind = Durability::Kind::kLine}};
}

// Leaves in the tracker what the appends did.
void track(const Descriptor& strategy, const engine::Scratch& scratch, const CellParameters& parameters) {
  const engine::NumberedLines content(parameters.lines);
  std::mutex mutex;
  std::deque<TellsWhenLinesReturn> observers;
  JobHooks hooks;
  hooks.observe = [&](const LineRange& range) {
    const std::lock_guard lock(mutex);
    return static_cast<LineObserver*>(&observers.emplace_back(range));
  };
  tracker.start(engine::access_of(strategy, parameters).dsync);
  BareRun run(strategy, parameters, content, hooks, kTracked, scratch);
  run.prepare();
  run.run();
  run.finish();
  EXPECT_TRUE(run.verify().right);
}

class DurableLines : public ForEachSubject {
 protected:
  void SetUp() override { skip_if_unavailable(); }
};

TEST_P(DurableLines, ReturnOnlyAfterASyncThatBeganAfterTheirWrite) {
  for (const SyncCall call : {SyncCall::kFdatasync, SyncCall::kFsync, SyncCall::kDsync}) {
    CellParameters parameters = durable_parameters();
    parameters.sync_call = call;
    track(strategy(), scratch_, parameters);
    EXPECT_EQ(tracker.early(), 0u) << kSyncCallWords[static_cast<std::size_t>(call)];
  }
}

INSTANTIATE_TEST_SUITE_P(Each, DurableLines, testing::ValuesIn(subjects([](const Subject& subject) {
                           return subject.writes() && subject.writes_through_file &&
                                  subject.strategy.contract.each_line_durable;
                         })),
                         subject_name);

template <class S>
Descriptor entry_of(std::string_view name) {
  return {.name = std::string(name), .family = "", .summary = "", .make = make_strategy<S>};
}

TEST(DurableLinesOfAGroupCommit, ShareSyncs) {
  const engine::Scratch scratch(testing::TempDir());
  track(*strategies::find("group-commit"), scratch, durable_parameters());
  EXPECT_EQ(tracker.early(), 0u);
  EXPECT_LT(tracker.syncs(), kDurableLines);
}

TEST(DurableLinesOfAGroupCommit, ShareASyncAmongAllWritersIfALeaderWaits) {
  const engine::Scratch scratch(testing::TempDir());
  CellParameters parameters = durable_parameters();
  parameters.lines = 4000;
  parameters.own = {{"wait", 200'000'000}};  // ns: a leader waits so long only if other writers have ended
  track(*strategies::find("group-commit"), scratch, parameters);
  EXPECT_EQ(tracker.early(), 0u);
  const std::uint64_t fewest = parameters.lines / kWritersOfDurableLines;
  EXPECT_GE(tracker.syncs(), fewest);
  EXPECT_LE(tracker.syncs(), fewest * 7 / 5) << "more at the start, until all threads run, and at the end";
}

// Syncs as often as there are lines, but each time before the write.
class SyncsTooEarly final : public Strategy {
 public:
  void run(Job& job) override {
    Block block(1);
    for (const std::string_view line : job.lines()) {
      job.file().sync();
      if (!block.fits(line)) job.file().write_all(block.take());
      block.append(line);
    }
    job.submitted();
    job.file().write_all(block.take());
  }
};

TEST(DurableLinesOfOneThatSyncsTooEarly, AreSeenToReturnTooEarly) {
  const engine::Scratch scratch(testing::TempDir());
  track(entry_of<SyncsTooEarly>("syncs-too-early"), scratch, durable_parameters());
  EXPECT_GE(tracker.syncs(), kDurableLines);
  EXPECT_EQ(tracker.early(), kDurableLines);
}

// What submitted() was seen to mean.
struct Submission {
  int calls = 0;
  int calls_outside_run = 0;
  std::uint64_t lines_open = 0;  // not yet returned when it came
  std::uint64_t lines = 0;       // handed out in all
};

class CountsOpenLines final : public LineObserver {
 public:
  explicit CountsOpenLines(std::atomic<std::uint64_t>& returned) : returned_(returned) {}
  void line_is_due() override {}
  void line_is_done() override { ++returned_; }

 private:
  std::atomic<std::uint64_t>& returned_;
};

Submission submission_of(const Descriptor& strategy, const engine::Scratch& scratch) {
  const tests::CellParameters parameters{.lines = 1000, .writers = 4};
  const engine::NumberedLines content(parameters.lines);
  Submission seen;
  std::atomic<std::uint64_t> returned = 0;
  bool running = false;
  std::mutex mutex;
  std::deque<CountsOpenLines> observers;
  JobHooks hooks;
  hooks.observe = [&](const LineRange& range) {
    const std::lock_guard lock(mutex);
    seen.lines += range.count;
    return static_cast<LineObserver*>(&observers.emplace_back(returned));
  };
  hooks.submitted = [&] {
    ++seen.calls;
    if (!running) ++seen.calls_outside_run;
    seen.lines_open = seen.lines - returned;
  };
  BareRun run(strategy, parameters, content, hooks, {}, scratch);
  run.prepare();
  running = true;
  run.run();
  running = false;
  run.finish();
  return seen;
}

class Submitted : public ForEachSubject {
 protected:
  void SetUp() override { skip_if_unavailable(); }
};

TEST_P(Submitted, IsMarkedOnceByRunAfterTheLastAppend) {
  const Submission seen = submission_of(strategy(), scratch_);
  EXPECT_EQ(seen.calls, 1);
  EXPECT_EQ(seen.calls_outside_run, 0);
  EXPECT_EQ(seen.lines, strategy().name == "bulk" ? 0u : 1000u) << "bulk takes the content itself";
  EXPECT_EQ(seen.lines_open, 0u);
}

INSTANTIATE_TEST_SUITE_P(Each, Submitted, testing::ValuesIn(subjects()), subject_name);

// Calls the callers free although none of their lines has been taken.
class SubmitsTooEarly final : public Strategy {
 public:
  void run(Job& job) override {
    Lines lines = job.lines();
    job.submitted();
    for (const std::string_view line : lines) job.file().write_all(line);
  }
};

TEST(SubmittedByOneThatIsTooEarly, IsSeenToBeSo) {
  const engine::Scratch scratch(testing::TempDir());
  EXPECT_EQ(submission_of(entry_of<SubmitsTooEarly>("submits-too-early"), scratch).lines_open, 1000u);
}

}  // namespace
}  // namespace writebench::tests
