#include "crash/judge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "engine/trial/scratch.hpp"

namespace writebench::crash {
namespace {

using engine::Ledger;
using reports::Death;
using reports::Fault;
using reports::FaultCount;
using reports::Loss;

constexpr std::uint64_t kLines = 10;  // of 7 bytes each: line#0 to line#9
constexpr std::uint64_t kLineBytes = 7;
constexpr std::uint64_t kUnknown = FileObserver::kUnknownOffset;

std::string line(std::uint64_t number) { return "line#" + std::to_string(number) + "\n"; }

std::string lines(std::uint64_t from, std::uint64_t to, std::uint64_t step = 1) {
  std::string text;
  for (std::uint64_t number = from; number < to; number += step) text += line(number);
  return text;
}

// A death at 1,000 ns. The append of line i returned at 100 + i ns, if it did.
struct Case {
  Contract contract = {};
  std::vector<std::string> files = {};
  std::uint64_t submitted = 0;  // so many of the first lines
  std::vector<Ledger::Write> writes = {};
  std::vector<Ledger::Sync> syncs = {};
  bool each_line_durable = false;
  Death death = Death::kProcess;
  unsigned writers = 2;
  std::uint64_t lines = kLines;
};

constexpr std::int64_t kClockOn = 50;
constexpr std::int64_t kDeath = 1000;

Loss judged(const Case& one) {
  const engine::NumberedLines content(one.lines);
  Ledger ledger{
      .clock_on_ns = kClockOn, .lines = std::vector<std::int64_t>(one.lines), .writes = one.writes, .syncs = one.syncs};
  for (std::uint64_t i = 0; i < one.submitted; ++i) ledger.lines[i] = 100 + static_cast<std::int64_t>(i);
  return judge({.content = content,
                .contract = one.contract,
                .writers = one.writers,
                .each_line_durable = one.each_line_durable,
                .ledger = ledger,
                .files = one.files,
                .at_ns = kDeath,
                .death = one.death});
}

Ledger::Write write(std::uint64_t offset_bytes, std::uint64_t bytes, std::size_t file = 0, std::int64_t at_ns = 500) {
  return {.file = file, .offset_bytes = offset_bytes, .bytes = bytes, .completed_ns = at_ns};
}

Ledger::Sync sync(std::size_t writes, std::size_t file = 0, std::int64_t returned_ns = 700) {
  return {.file = file, .writes = writes, .began_ns = 600, .returned_ns = returned_ns};
}

const FaultCount* find(const Loss& loss, Fault fault) {
  const auto found =
      std::find_if(loss.faults.begin(), loss.faults.end(), [&](const auto& count) { return count.fault == fault; });
  return found == loss.faults.end() ? nullptr : &*found;
}

constexpr Contract kPerWriter{.order = Order::kPerWriter};
constexpr Contract kNoOrder{.order = Order::kNone};
constexpr Contract kPerFile{.order = Order::kPerWriter, .layout = Layout::kFilePerWriter};

TEST(Judge, FindsNothingLostIfEverythingIsThere) {
  const Loss loss = judged({.files = {lines(0, 10)}, .submitted = 10, .writes = {write(0, 70)}});
  EXPECT_EQ(loss.after_ns, 950);
  EXPECT_EQ(loss.submitted_lines, 10u);
  EXPECT_EQ(loss.kept_lines, 10u);
  EXPECT_EQ(loss.drained_bytes, 70u);
  EXPECT_EQ(loss.durable_bytes, 0u);
  EXPECT_EQ(loss.lost_lines, 0u);
  EXPECT_EQ(loss.lost_ns, 0);
  EXPECT_TRUE(loss.faults.empty());
}

TEST(Judge, CountsLinesThatWereOnlySubmittedAsLostAndAsNoFault) {
  const Loss loss = judged({.files = {lines(0, 3)}, .submitted = 8, .writes = {write(0, 21)}});
  EXPECT_EQ(loss.lost_lines, 5u);
  EXPECT_EQ(loss.lost_bytes, 5 * kLineBytes);
  EXPECT_EQ(loss.lost_ns, kDeath - 103) << "since the append of line 3 returned";
  EXPECT_EQ(loss.surplus_lines, 0u);
  EXPECT_TRUE(loss.faults.empty());
}

TEST(Judge, CountsLinesWhoseAppendHadNotReturnedAsSurplus) {
  const Loss loss = judged({.files = {lines(0, 5)}, .submitted = 4, .writes = {write(0, 35)}});
  EXPECT_EQ(loss.surplus_lines, 1u);
  EXPECT_EQ(loss.lost_lines, 0u);
  EXPECT_TRUE(loss.faults.empty());
}

TEST(Judge, CountsATornLastLineApart) {
  for (const Contract& contract : {Contract{}, kPerWriter, kNoOrder}) {
    const Loss loss = judged({.contract = contract, .files = {lines(0, 3) + "lin"}, .submitted = 5, .writers = 1});
    EXPECT_EQ(loss.torn_lines, 1u);
    EXPECT_EQ(loss.lost_lines, 2u) << "a torn line is lost too";
    EXPECT_EQ(loss.damaged_lines, 0u);
    EXPECT_TRUE(loss.faults.empty());
  }
}

TEST(Judge, TakesADrainedByteThatIsMissingForAFaultOfTheProcess) {
  for (const Contract& contract : {Contract{}, kPerWriter, kNoOrder}) {
    Case one{.contract = contract, .files = {lines(0, 3)}, .submitted = 5, .writes = {write(0, 28)}, .writers = 1};
    const Loss loss = judged(one);
    ASSERT_NE(find(loss, Fault::kDrainedLost), nullptr);
    EXPECT_EQ(find(loss, Fault::kDrainedLost)->bytes, kLineBytes);
    EXPECT_NE(find(loss, Fault::kDrainedLost)->example.find("byte 21"), std::string::npos);
    one.death = Death::kMachine;
    EXPECT_TRUE(judged(one).faults.empty()) << "a power cut may take what was only with the kernel";
  }
}

TEST(Judge, IgnoresWhatWasAcknowledgedAfterTheDeath) {
  Case one{.files = {lines(0, 3)}, .submitted = 3, .writes = {write(0, 21), write(21, 7, 0, kDeath + 1)}};
  EXPECT_TRUE(judged(one).faults.empty());
  one.writes = {write(0, 28)};
  one.death = Death::kMachine;
  one.syncs = {sync(1, 0, kDeath + 1)};
  EXPECT_TRUE(judged(one).faults.empty());
  one.syncs = {sync(1)};
  EXPECT_FALSE(judged(one).faults.empty());
}

TEST(Judge, HoldsOnlyWritesDurableThatWereCompleteBeforeTheSync) {
  Case one{.files = {lines(0, 2)}, .submitted = 4, .writes = {write(0, 14), write(14, 14)}, .syncs = {sync(1)}};
  one.death = Death::kMachine;
  EXPECT_EQ(judged(one).durable_bytes, 14u);
  EXPECT_TRUE(judged(one).faults.empty());
  one.syncs = {sync(2)};
  ASSERT_NE(find(judged(one), Fault::kDurableLost), nullptr);
  EXPECT_EQ(find(judged(one), Fault::kDurableLost)->lines, 2u);
  EXPECT_EQ(find(judged(one), Fault::kDurableLost)->bytes, 14u);
}

TEST(Judge, HoldsBytesThatWereWrittenThroughDurableWithoutASync) {
  Ledger::Write through = write(0, 28);
  through.durable = true;
  const Case one{.files = {lines(0, 2)}, .submitted = 4, .writes = {through}, .death = Death::kMachine};
  EXPECT_EQ(judged(one).durable_bytes, 28u);
  EXPECT_NE(find(judged(one), Fault::kDurableLost), nullptr);
}

TEST(Judge, HoldsALineDurableWhoseAppendReturnedIfEachIsToBe) {
  for (const Death death : {Death::kProcess, Death::kMachine}) {
    const Loss loss = judged({.files = {lines(0, 3)}, .submitted = 4, .each_line_durable = true, .death = death});
    ASSERT_NE(find(loss, Fault::kDurableLost), nullptr);
    EXPECT_EQ(find(loss, Fault::kDurableLost)->lines, 1u);
    EXPECT_EQ(find(loss, Fault::kDurableLost)->example, "line 3, whose append had returned");
  }
}

TEST(Judge, ChecksASyncOfOneFileAgainstThatFileAlone) {
  Case one{.contract = kPerFile,
           .files = {lines(0, 10, 2), line(1)},
           .submitted = 10,
           .writes = {write(0, 35, 0), write(0, 35, 1)},
           .syncs = {sync(2, 0)},
           .death = Death::kMachine};
  EXPECT_TRUE(judged(one).faults.empty());
  EXPECT_EQ(judged(one).durable_bytes, 35u);
  EXPECT_EQ(judged(one).lost_lines, 4u);
  one.syncs = {sync(2, 1)};
  ASSERT_NE(find(judged(one), Fault::kDurableLost), nullptr);
  EXPECT_EQ(find(judged(one), Fault::kDurableLost)->example, "line 3 (byte 7 of file 1)");
}

TEST(Judge, ReadsHolesOfParallelWritersAsPlacesWithoutLines) {
  std::string file = lines(0, 10);
  std::fill(file.begin() + 14, file.begin() + 35, '\0');
  const Case one{.files = {file}, .submitted = 8, .writes = {write(0, 14), write(35, 35)}};
  EXPECT_EQ(judged(one).lost_lines, 3u);
  EXPECT_EQ(judged(one).surplus_lines, 2u);
  EXPECT_EQ(judged(one).torn_lines, 0u);
  EXPECT_TRUE(judged(one).faults.empty());
  for (const Contract& contract : {kPerWriter, kNoOrder}) {
    Case other = one;
    other.contract = contract;
    EXPECT_EQ(judged(other).lost_lines, 3u);
    EXPECT_TRUE(judged(other).faults.empty());
    other.writes = {write(0, 70)};
    ASSERT_NE(find(judged(other), Fault::kDrainedLost), nullptr);
    EXPECT_EQ(find(judged(other), Fault::kDrainedLost)->bytes, 21u);
  }
}

TEST(Judge, TakesPartsBesideAHoleForTornLines) {
  std::string file = lines(0, 10);
  std::fill(file.begin() + 17, file.begin() + 39, '\0');  // line 2 has its first 3 bytes, line 5 its last 3
  for (const Contract& contract : {Contract{}, kPerWriter, kNoOrder}) {
    const Loss loss = judged({.contract = contract, .files = {file}, .submitted = 10});
    EXPECT_EQ(loss.torn_lines, 2u);
    EXPECT_EQ(loss.lost_lines, 4u);
    EXPECT_TRUE(loss.faults.empty());
  }
}

TEST(Judge, AcceptsZerosAfterTheLastLine) {
  for (const Contract& contract : {Contract{}, kPerWriter, kNoOrder}) {
    const Loss loss = judged({.contract = contract, .files = {lines(0, 10) + std::string(100, '\0')}, .submitted = 10});
    EXPECT_EQ(loss.lost_lines, 0u);
    EXPECT_TRUE(loss.faults.empty());
  }
}

TEST(Judge, TakesOtherBytesForWrong) {
  const std::vector<std::string> files{
      lines(0, 3) + "lime#3\n" + lines(4, 10),  // in the middle
      lines(0, 10) + "more\n",                  // after the end
      lines(0, 3) + "lime",                     // not the start of a line
  };
  for (const std::string& file : files) {
    for (const Contract& contract : {Contract{}, kPerWriter}) {
      Case one{.contract = contract, .files = {file}, .submitted = 10, .writers = 1};
      const Loss loss = judged(one);
      ASSERT_NE(find(loss, Fault::kWrong), nullptr) << file;
      EXPECT_EQ(loss.damaged_lines, 1u) << file;
      one.death = Death::kMachine;
      EXPECT_EQ(judged(one).damaged_lines, 1u);
      EXPECT_TRUE(judged(one).faults.empty()) << "a power cut may leave anything in places that were not durable";
    }
  }
}

TEST(Judge, SeesADamagedLineThatWasDurable) {
  for (const Contract& contract : {Contract{}, kPerWriter, kNoOrder}) {
    const Loss loss = judged({.contract = contract,
                              .files = {lines(0, 3) + "lime#3\n" + lines(4, 10)},
                              .submitted = 10,
                              .writes = {write(0, 70)},
                              .syncs = {sync(1)},
                              .death = Death::kMachine,
                              .writers = 1});
    ASSERT_NE(find(loss, Fault::kDurableLost), nullptr);
    EXPECT_EQ(loss.lost_lines, 1u);
  }
}

TEST(Judge, TellsWritersApartThatShareAFile) {
  // Writer 0 has come to line 4, writer 1 to line 3.
  const std::string file = line(0) + line(2) + line(1) + line(4) + line(3);
  const Loss loss = judged({.contract = kPerWriter, .files = {file + "lin"}, .submitted = 7});
  EXPECT_EQ(loss.kept_lines, 5u);
  EXPECT_EQ(loss.lost_lines, 2u);
  EXPECT_EQ(loss.torn_lines, 1u);
  EXPECT_TRUE(loss.faults.empty());
  const Loss reordered = judged({.contract = kPerWriter, .files = {line(2) + line(1) + line(0)}, .submitted = 3});
  ASSERT_NE(find(reordered, Fault::kReordered), nullptr);
  EXPECT_EQ(find(reordered, Fault::kReordered)->example, "line 0 (byte 14)");
  EXPECT_TRUE(judged({.contract = kNoOrder, .files = {line(2) + line(1) + line(0)}, .submitted = 3}).faults.empty());
}

TEST(Judge, SeesALineThatOccursTwice) {
  for (const Contract& contract : {kPerWriter, kNoOrder}) {
    const Loss loss = judged({.contract = contract, .files = {lines(0, 4) + line(3)}, .submitted = 4});
    ASSERT_NE(find(loss, Fault::kDoubled), nullptr);
    EXPECT_EQ(loss.kept_lines, 4u);
  }
}

TEST(Judge, CountsBytesWhosePlaceIsNotKnown) {
  // A mapping, say: 3 lines were counted.
  Case one{.files = {lines(0, 3) + std::string(49, '\0')}, .submitted = 3, .writes = {write(kUnknown, 21)}};
  EXPECT_EQ(judged(one).drained_bytes, 21u);
  EXPECT_TRUE(judged(one).faults.empty());
  one.writes.push_back(write(kUnknown, 7));
  ASSERT_NE(find(judged(one), Fault::kDrainedLost), nullptr);
  EXPECT_EQ(find(judged(one), Fault::kDrainedLost)->bytes, 7u);
  one.death = Death::kMachine;
  EXPECT_TRUE(judged(one).faults.empty());
  one.writes.back().durable = true;
  one.syncs = {sync(1)};
  EXPECT_NE(find(judged(one), Fault::kDurableLost), nullptr);
}

TEST(Judge, LeavesOutBytesBeyondTheContentThatAreCutOffLater) {
  // A padded block that has more bytes than there are lines left.
  const Loss loss = judged({.files = {lines(0, 10)}, .submitted = 10, .writes = {write(0, 4096)}});
  EXPECT_TRUE(loss.faults.empty());
}

TEST(Judge, FindsForeignBytesInTheFileOfAStrategyThatWritesNothing) {
  const Contract nothing{.order = Order::kNothing};
  EXPECT_TRUE(judged({.contract = nothing, .files = {""}, .submitted = 10}).faults.empty());
  EXPECT_EQ(judged({.contract = nothing, .files = {""}, .submitted = 10}).lost_lines, 10u);
  EXPECT_NE(find(judged({.contract = nothing, .files = {lines(0, 1)}}), Fault::kWrong), nullptr);
}

TEST(Judge, JudgesAJobWithoutLines) {
  const Loss loss = judged({.files = {""}, .lines = 0});
  EXPECT_EQ(loss.lost_lines, 0u);
  EXPECT_TRUE(loss.faults.empty());
}

TEST(ReadFiles, ReadsEachWholeAndSaysWhichIsMissing) {
  const engine::Scratch scratch(testing::TempDir());
  const std::string a = scratch.file_path("a");
  const std::string b = scratch.file_path("b");
  std::ofstream(a) << lines(0, 3);
  std::ofstream(b) << "";
  EXPECT_EQ(read_files({a, b}), (std::vector<std::string>{lines(0, 3), ""}));
  try {
    read_files({a, scratch.file_path("c")});
    FAIL();
  } catch (const IoError& error) {
    EXPECT_NE(std::string(error.what()).find("/c: No such file"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace writebench::crash
