#include "engine/verification/interleaving.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/engine/lines/listed_lines.hpp"
#include "tests/engine/random.hpp"

namespace writebench::engine {
namespace {

using Numbers = std::vector<std::uint64_t>;

struct Finding {
  bool is_interleaving = false;
  std::uint64_t taken = 0;
  bool gave_up_some = false;
};

Finding examine(const Strings& lines, const Strings& job, unsigned writers) {
  const ListedLines content(job);
  Interleaving interleaving(content, writers);
  const bool all = std::all_of(lines.begin(), lines.end(), [&](auto& line) { return interleaving.take(line); });
  const bool is_interleaving = all && interleaving.finish() && interleaving.taken() == job.size();
  interleaving.finish();
  return {is_interleaving, interleaving.taken(), interleaving.gave_up_some()};
}

// The same by following every hypothesis: how many lines can be taken.
std::uint64_t possible(const Strings& lines, const Strings& job, unsigned writers) {
  std::set<Numbers> all = {Numbers(writers, 0)};
  for (std::uint64_t taken = 0; taken < lines.size(); ++taken) {
    std::set<Numbers> next;
    for (const Numbers& cursors : all) {
      for (unsigned writer = 0; writer < writers; ++writer) {
        const std::uint64_t number = writer + cursors[writer] * writers;
        if (number >= job.size() || job[number] != lines[taken]) continue;
        Numbers advanced = cursors;
        ++advanced[writer];
        next.insert(advanced);
      }
    }
    if (next.empty()) return taken;
    all = next;
  }
  return lines.size();
}

// In which order the writers' lines come.
enum class Schedule { kRandom, kRounds, kQueue, kBursts, kOneAfterTheOther };
constexpr Schedule kSchedules[] = {Schedule::kRandom, Schedule::kRounds, Schedule::kQueue, Schedule::kBursts,
                                   Schedule::kOneAfterTheOther};

Numbers mixed(std::uint64_t lines, unsigned writers, Schedule schedule, Random& random) {
  Numbers numbers;
  Numbers next(writers);
  std::iota(next.begin(), next.end(), 0);
  std::vector<unsigned> turns(writers);  // whose line comes when, the first ones
  std::iota(turns.begin(), turns.end(), 0);
  while (numbers.size() < lines) {
    if (schedule == Schedule::kRounds) std::shuffle(turns.begin(), turns.end(), random);
    if (schedule == Schedule::kQueue) std::swap(turns[0], turns[random() % std::min(writers, 3u)]);
    if (schedule == Schedule::kRandom || schedule == Schedule::kBursts) turns = {below(random, writers)};
    std::uint64_t count = schedule == Schedule::kBursts ? 1 + random() % 2000 : 1;
    if (schedule == Schedule::kOneAfterTheOther) count = lines;
    for (const unsigned writer : schedule == Schedule::kQueue ? std::vector<unsigned>{turns[0]} : turns) {
      for (std::uint64_t i = 0; i < count && next[writer] < lines; ++i) {
        numbers.push_back(next[writer]);
        next[writer] += writers;
      }
    }
    if (schedule == Schedule::kQueue) std::rotate(turns.begin(), turns.begin() + 1, turns.end());
  }
  return numbers;
}

Strings lines_of(const Numbers& numbers, const Strings& job) {
  Strings lines;
  for (const std::uint64_t number : numbers) lines.push_back(job[number]);
  return lines;
}

Strings random_job(std::uint64_t lines, unsigned texts, Random& random) {
  Strings job;
  for (std::uint64_t i = 0; i < lines; ++i) job.push_back(std::to_string(random() % texts) + "\n");
  return job;
}

// Of a hundred lines so many are one and the same, the others all different.
Strings log_with(unsigned equal_percent, std::uint64_t lines, Random& random) {
  Strings job;
  for (std::uint64_t i = 0; i < lines; ++i) {
    job.push_back(random() % 100 < equal_percent ? "\n" : "line " + std::to_string(i) + "\n");
  }
  return job;
}

TEST(Interleaving, IsWhatFollowingEveryPossibilitySays) {
  Random random(1);
  int interleavings = 0;
  for (int round = 0; round < 1500; ++round) {
    const unsigned writers = 1 + below(random, 4);
    const Strings job = random_job(random() % 24, 1 + below(random, 4), random);
    Strings lines = lines_of(mixed(job.size(), writers, kSchedules[random() % 5], random), job);
    if (!lines.empty() && round % 4 != 0) std::swap(lines[random() % lines.size()], lines[random() % lines.size()]);
    if (!lines.empty() && round % 16 == 1)
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(random() % lines.size()));
    if (!lines.empty() && round % 16 == 2) lines.push_back(lines.front());
    const std::uint64_t taken = possible(lines, job, writers);
    const Finding finding = examine(lines, job, writers);
    ASSERT_FALSE(finding.gave_up_some);
    ASSERT_EQ(finding.taken, taken) << round;
    ASSERT_EQ(finding.is_interleaving, taken == lines.size() && lines.size() == job.size()) << round;
    interleavings += finding.is_interleaving;
  }
  EXPECT_GT(interleavings, 500);
  EXPECT_LT(interleavings, 1300);
}

TEST(Interleaving, IsNeverFoundWhereThereIsNoneNorDeniedWhereThereIsOne) {
  Random random(2);
  for (int round = 0; round < 100; ++round) {
    const unsigned writers = 2 + below(random, 2);
    const Strings job = random_job(100 + random() % 400, 2 + below(random, 3), random);
    Strings lines = lines_of(mixed(job.size(), writers, kSchedules[random() % 5], random), job);
    const std::size_t place = random() % (lines.size() - 1);
    if (round % 2 == 0) std::swap(lines[place], lines[place + 1]);
    const bool expected = possible(lines, job, writers) == lines.size();
    const Finding finding = examine(lines, job, writers);
    if (finding.is_interleaving || !finding.gave_up_some) {
      ASSERT_EQ(finding.is_interleaving, expected) << round;
    }
  }
}

TEST(Interleaving, IsFoundInAnyMixtureOfDifferentLines) {
  Random random(3);
  for (const unsigned writers : {1u, 2u, 10u, 64u, 1000u, 30'000u}) {
    const Strings job = log_with(0, 8'000, random);
    for (const Schedule schedule : kSchedules) {
      const Finding finding = examine(lines_of(mixed(job.size(), writers, schedule, random), job), job, writers);
      EXPECT_TRUE(finding.is_interleaving) << writers;
      EXPECT_FALSE(finding.gave_up_some);
    }
  }
}

TEST(Interleaving, IsFoundWhereManyLinesAreEqual) {
  Random random(4);
  for (const unsigned equal_percent : {5u, 30u}) {
    const Strings job = log_with(equal_percent, 12'000, random);
    for (const unsigned writers : {2u, 10u, 64u}) {
      for (const Schedule schedule : {Schedule::kRandom, Schedule::kRounds, Schedule::kQueue}) {
        const Numbers numbers = mixed(job.size(), writers, schedule, random);
        EXPECT_TRUE(examine(lines_of(numbers, job), job, writers).is_interleaving) << equal_percent << ", " << writers;
      }
    }
  }
}

TEST(Interleaving, IsFoundWhereAllLinesAreEqualOrOfAFew) {
  Random random(5);
  for (const unsigned period : {1u, 3u, 101u}) {
    Strings job;
    for (std::uint64_t i = 0; i < 20'000; ++i) job.push_back(std::to_string(i % period) + "\n");
    for (const unsigned writers : {1u, 4u, 10u}) {
      const Numbers numbers = mixed(job.size(), writers, Schedule::kRounds, random);
      EXPECT_TRUE(examine(lines_of(numbers, job), job, writers).is_interleaving) << period << ", " << writers;
    }
  }
}

TEST(Interleaving, IsDeniedWhereTwoLinesOfAWriterChangedPlaces) {
  Random random(6);
  const Strings job = log_with(3, 10'000, random);
  for (int round = 0; round < 20; ++round) {
    Numbers numbers = mixed(job.size(), 10, Schedule::kQueue, random);
    std::uint64_t number = random() % (job.size() - 10);
    while (job[number] == job[number + 10]) ++number;
    const auto first = std::find(numbers.begin(), numbers.end(), number);
    const auto second = std::find(numbers.begin(), numbers.end(), number + 10);
    std::iter_swap(first, second);
    const Strings lines = lines_of(numbers, job);
    const Finding finding = examine(lines, job, 10);
    EXPECT_FALSE(finding.is_interleaving);
    EXPECT_FALSE(finding.gave_up_some);
    EXPECT_GE(finding.taken + 1, static_cast<std::uint64_t>(first - numbers.begin()));
    EXPECT_LE(finding.taken, static_cast<std::uint64_t>(second - numbers.begin()) + 60);
  }
}

TEST(Interleaving, SaysWhatComesNextOfEachWriter) {
  const ListedLines content({"a\n", "b\n", "c\n", "d\n", "e\n"});
  Interleaving interleaving(content, 2);
  for (const char* line : {"b\n", "a\n", "c\n", "a\n"}) EXPECT_TRUE(interleaving.take(line));
  EXPECT_FALSE(interleaving.finish());
  EXPECT_EQ(interleaving.taken(), 3u);
  EXPECT_EQ(interleaving.next_of(0), 4u);
  EXPECT_EQ(interleaving.next_of(1), 3u);
}

}  // namespace
}  // namespace writebench::engine
