#include "engine/trial/ledger.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>
#include <vector>

#include "engine/lines/numbered_lines.hpp"

namespace writebench::engine {
namespace {

TEST(SharedLedger, IsEmptyAtFirst) {
  const SharedLedger shared(3, 1);
  const Ledger ledger = shared.read();
  EXPECT_EQ(ledger.lines, (std::vector<std::int64_t>{0, 0, 0}));
  EXPECT_TRUE(ledger.writes.empty());
  EXPECT_TRUE(ledger.syncs.empty());
  EXPECT_EQ(ledger.clock_on_ns, 0);
  EXPECT_EQ(ledger.last_ns(), 0);
  EXPECT_FALSE(ledger.overflowed);
}

TEST(SharedLedger, MarksALineOnceTheNextOneIsAskedFor) {
  SharedLedger shared(10, 1);
  const NumberedLines content(10);
  const LineRange range{1, 3, 3};  // 1, 4, 7
  Lines lines(content, range, shared.observe_lines(range, nullptr));
  auto line = lines.begin();
  EXPECT_EQ(shared.read().lines[1], 0) << "it is in hand";
  ++line;
  EXPECT_GT(shared.read().lines[1], 0);
  EXPECT_EQ(shared.read().lines[4], 0);
  ++line;
  ++line;
  EXPECT_TRUE(line == lines.end());
  const Ledger ledger = shared.read();
  EXPECT_GT(ledger.lines[7], 0) << "the last one, at the end of the range";
  EXPECT_EQ(std::count(ledger.lines.begin(), ledger.lines.end(), 0), 7);
  EXPECT_EQ(ledger.last_ns(), ledger.lines[7]);
}

class Counting final : public LineObserver {
 public:
  void line_is_due() override { ++due; }
  std::optional<Moment> line_to_await() override {
    ++awaited;
    return Moment{};
  }
  void line_has_come() override { ++come; }
  void line_is_done() override { ++done; }
  int due = 0, awaited = 0, come = 0, done = 0;
};

TEST(SharedLedger, PassesEverythingOnToAnotherObserver) {
  SharedLedger shared(4, 1);
  const NumberedLines content(4);
  Counting inner;
  for (const std::string_view line : Lines(content, {0, 1, 2}, shared.observe_lines({0, 1, 2}, &inner))) {
    static_cast<void>(line);
  }
  EXPECT_EQ(inner.due, 2);
  EXPECT_EQ(inner.done, 2);
  Lines awaited = Lines(content, {2, 1, 2}, shared.observe_lines({2, 1, 2}, &inner)).awaited();
  for (const std::string_view line : awaited) {
    static_cast<void>(line);
    awaited.due()->has_come();
  }
  EXPECT_EQ(inner.awaited, 2);
  EXPECT_EQ(inner.come, 2);
  EXPECT_EQ(inner.done, 4);
}

TEST(SharedLedger, SaysWhichWritesASyncCovers) {
  SharedLedger shared(10, 2);
  FileObserver& a = *shared.file_observer(0);
  FileObserver& b = *shared.file_observer(1);
  a.wrote(0, 7, false);
  b.wrote(3, 8, true);
  const std::int64_t began = a.sync_begins();
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  a.wrote(7, 9, false);
  a.sync_returned(began);
  const Ledger ledger = shared.read();
  ASSERT_EQ(ledger.writes.size(), 3u);
  EXPECT_EQ(ledger.writes[0].bytes, 7u);
  EXPECT_EQ(ledger.writes[1].file, 1u);
  EXPECT_EQ(ledger.writes[1].offset_bytes, 3u);
  EXPECT_TRUE(ledger.writes[1].durable);
  ASSERT_EQ(ledger.syncs.size(), 1u);
  EXPECT_EQ(ledger.syncs[0].file, 0u);
  EXPECT_EQ(ledger.syncs[0].writes, 2u) << "the third was made while it was under way";
  EXPECT_GE(ledger.syncs[0].returned_ns, ledger.writes[2].completed_ns);
}

TEST(SharedLedger, KeepsTheEntriesOfManyThreads) {
  SharedLedger shared(10, 1);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 1000; ++k) shared.file_observer(0)->wrote(static_cast<std::uint64_t>(i), 1, false);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Ledger ledger = shared.read();
  EXPECT_EQ(ledger.writes.size(), 4000u);
  EXPECT_FALSE(ledger.overflowed);
}

TEST(SharedLedger, SaysIfThereWasNoRoom) {
  SharedLedger shared(0, 1);
  for (int i = 0; i < (1 << 16) + 1; ++i) shared.file_observer(0)->wrote(0, 1, false);
  EXPECT_TRUE(shared.read().overflowed);
}

TEST(SharedLedger, SurvivesAProcessThatIsKilled) {
  SharedLedger shared(2, 1);
  const pid_t child = ::fork();
  if (child == 0) {
    shared.clock_on();
    shared.file_observer(0)->wrote(0, 7, false);
    shared.observe_lines({0, 1, 2}, nullptr)->line_is_done();
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  const Ledger ledger = shared.read();
  EXPECT_GT(ledger.clock_on_ns, 0);
  EXPECT_EQ(ledger.clock_off_ns, 0);
  EXPECT_EQ(ledger.writes.size(), 1u);
  EXPECT_GT(ledger.lines[0], 0);
  EXPECT_EQ(ledger.lines[1], 0);
}

}  // namespace
}  // namespace writebench::engine
