#include "engine/machine/affinity.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>
#include <vector>

namespace writebench::engine {
namespace {

std::vector<int> numbers(const std::optional<cpu_set_t>& set) {
  std::vector<int> numbers;
  for (int cpu = 0; set && cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &*set)) numbers.push_back(cpu);
  }
  return numbers;
}

TEST(ParseCpus, ReadsNumbersAndRanges) {
  EXPECT_EQ(numbers(parse_cpus("0")), (std::vector{0}));
  EXPECT_EQ(numbers(parse_cpus("1-3")), (std::vector{1, 2, 3}));
  EXPECT_EQ(numbers(parse_cpus("0+2-3+7")), (std::vector{0, 2, 3, 7}));
}

TEST(ParseCpus, RefusesEverythingElse) {
  for (const char* text : {"", "all", "-1", "1-", "3-1", "0,1", "0+", "+0", "1024", "0x1", " 0", "1.5"}) {
    EXPECT_FALSE(parse_cpus(text)) << text;
  }
}

TEST(AllowedCpus, AreOneOrMoreAndCanBeReadAgain) { EXPECT_FALSE(numbers(parse_cpus(allowed_cpus())).empty()); }

TEST(CpusOf, AreNoneIfTheyAreNotRestricted) {
  Parameters parameters;
  EXPECT_FALSE(cpus_of(parameters));
  parameters.set(cpus_value("all"));
  EXPECT_FALSE(cpus_of(parameters));
  parameters.set(cpus_value("0-1"));
  EXPECT_EQ(cpus_of(parameters), "0-1");
}

TEST(AffinityTest, HoldsForThreadsStartedMeanwhileAndNoLonger) {
  const std::string before = allowed_cpus();
  const std::string one = std::to_string(numbers(parse_cpus(before)).back());
  Parameters parameters;
  parameters.set(cpus_value(one));
  {
    const Affinity affinity(parameters);
    EXPECT_EQ(allowed_cpus(), one);
    std::string of_thread;
    std::thread([&] { of_thread = allowed_cpus(); }).join();
    EXPECT_EQ(of_thread, one);
  }
  EXPECT_EQ(allowed_cpus(), before);
}

TEST(AffinityTest, SaysWhichProcessorsCannotBeUsed) {
  Parameters parameters;
  parameters.set(cpus_value("1023"));
  try {
    const Affinity affinity(parameters);
    FAIL() << "there is no such processor";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("1023"), std::string::npos);
  }
}

}  // namespace
}  // namespace writebench::engine
