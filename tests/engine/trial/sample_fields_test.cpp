#include "engine/trial/sample_fields.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "engine/trial/kernel_counters.hpp"

namespace writebench::engine {
namespace {

TEST(SampleFields, HaveNamesOfTheirOwnAndPlacesOfTheirOwn) {
  std::set<std::string_view> names;
  std::set<std::string> words;
  Sample sample;
  std::set<const void*> places;
  for (const SampleField& field : sample_fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    if (!field.metric.empty() || !field.column.empty()) {
      EXPECT_TRUE(words.insert(field.word()).second) << field.word() << " is asked for on the command line";
    }
    if (const auto* const place = field.in(sample)) {
      EXPECT_TRUE(places.insert(place).second) << field.name;
    }
  }
}

TEST(SampleFields, OfTheCostAreAllOfItsMembers) {
  std::size_t of_cost = 0;
  for (const SampleField& field : sample_fields()) {
    of_cost += std::holds_alternative<SampleField::Value Cost::*>(field.at);
  }
  EXPECT_EQ(of_cost * sizeof(SampleField::Value), sizeof(Cost));
}

TEST(SampleFields, HaveTheirUnitLastInTheirName) {
  EXPECT_EQ(sample_field("stall_p99_ns").unit(), "ns");
  EXPECT_EQ(sample_field("peak_rss_bytes").unit(), "bytes");
  EXPECT_EQ(sample_field("write_syscalls").unit(), "");
  EXPECT_EQ(sample_field("stall_p99_ns").word(), "stall-p99");
  EXPECT_EQ(sample_field("peak_rss_bytes").word(), "peak-rss");
  EXPECT_EQ(sample_field("write_syscalls").word(), "write-syscalls");
  EXPECT_THROW(sample_field("ink_ns"), std::out_of_range);
}

TEST(SampleFields, AreReadWhereTheyAreKept) {
  std::int64_t value = 0;
  for (const SampleField& field : sample_fields()) {
    Sample sample;
    EXPECT_FALSE(field.of(sample)) << field.name;
    if (auto* const place = field.in(sample)) {
      *place = ++value;
      EXPECT_EQ(field.of(sample), value) << field.name;
    }
  }
}

TEST(SampleFields, ThatAreSumsAreUnknownIfAPartIsOrIfTheyAreTooLarge) {
  const SampleField& cpu = sample_field("cpu_ns");
  Sample sample;
  sample.cost.user_cpu_ns = 5;
  EXPECT_FALSE(cpu.of(sample));
  sample.cost.system_cpu_ns = 7;
  EXPECT_EQ(cpu.of(sample), 12);
  sample.cost.user_cpu_ns = std::numeric_limits<std::int64_t>::max();
  EXPECT_FALSE(cpu.of(sample));
}

TEST(KernelCounters, TotalsAreSubtractedAndPeaksAreTheLater) {
  Sample before, after;
  std::int64_t value = 100;
  for (const SampleField& field : sample_fields()) {
    if (!std::holds_alternative<SampleField::Value Cost::*>(field.at)) continue;
    *field.in(before) = value;
    *field.in(after) = 3 * value++;
  }
  Sample between;
  between.cost = difference(before.cost, after.cost);
  for (const SampleField& field : sample_fields()) {
    if (!std::holds_alternative<SampleField::Value Cost::*>(field.at)) continue;
    const bool total = field.kind == FieldKind::kTotal;
    EXPECT_EQ(field.of(between), *field.of(after) - (total ? *field.of(before) : 0)) << field.name;
  }
  before.cost.major_faults.reset();
  EXPECT_FALSE(difference(before.cost, after.cost).major_faults);
}

TEST(KernelCounters, AreFreeOfWhatTheHarnessAdds) {
  Cost harness;
  harness.minor_faults = 3;
  harness.system_cpu_ns = 900;
  harness.caller_system_cpu_ns = 700;
  Cost cost;
  cost.minor_faults = 5;
  cost.voluntary_switches = 2;
  cost.user_cpu_ns = 10'000;
  cost.system_cpu_ns = 400;
  cost.caller_user_cpu_ns = 600;
  cost.caller_system_cpu_ns = 0;
  take_out_harness(cost, harness, 50'000, 100);
  EXPECT_EQ(cost.minor_faults, 2);
  EXPECT_EQ(cost.voluntary_switches, 2);
  EXPECT_EQ(cost.system_cpu_ns, 0);
  EXPECT_EQ(cost.user_cpu_ns, 9'500) << "less all 600 of this thread, and 300 of the others, first of the system's";
  EXPECT_EQ(cost.caller_user_cpu_ns, 0) << "never below 0";
  EXPECT_EQ(cost.caller_system_cpu_ns, 0);
  EXPECT_FALSE(cost.write_syscalls) << "what is unknown stays unknown";

  cost.user_cpu_ns = cost.caller_user_cpu_ns = 60'000;
  take_out_harness(cost, harness, 50'000, 0);
  EXPECT_EQ(cost.caller_user_cpu_ns, 50'000) << "one thread cannot use more than passes";
  EXPECT_EQ(cost.user_cpu_ns, 50'000);
}

TEST(KernelCounters, KnowWhatAnEmptyTrialCounts) {
  const Cost& cost = harness_cost();
#ifndef __SANITIZE_ADDRESS__  // the undefined-behaviour checks probe memory by writing it to a pipe
  EXPECT_GT(cost.read_syscalls, 0) << "those that read the counters";
  EXPECT_EQ(cost.write_syscalls, 0);
  EXPECT_EQ(cost.written_bytes, 0);
#endif
  EXPECT_GT(cost.system_cpu_ns.value_or(0), 0);
  EXPECT_GT(caller_reading_ns(), 0);
}

TEST(KernelCounters, TellWhatThisProcessUses) {
  Sample sample;
  read_proc_counters(sample.cost);
  read_usage_after_clock(sample.cost);
  EXPECT_GT(sample_field("cpu_ns").of(sample).value_or(0), 0);
  EXPECT_GT(sample.cost.minor_faults.value_or(0), 0);
}

}  // namespace
}  // namespace writebench::engine
