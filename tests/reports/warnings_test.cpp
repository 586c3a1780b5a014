#include "reports/warnings.hpp"

#include <gtest/gtest.h>

namespace writebench::reports {
namespace {

using Codes = std::vector<std::string>;

// A run of one cell with nothing to warn of.
Report good() {
  Report report;
  report.complete = true;
  report.build.type = "Release";
  report.environment.cpus = 4;
  report.environment.load_average = 0.3;
  report.environment.file_system = "ext4";
  report.environment.file_system_bytes = 100;
  report.environment.file_system_free_bytes = 50;
  report.environment.cpu_governor = "performance";
  engine::Cell cell;
  cell.id = "sync";
  cell.strategy.name = "sync";
  cell.caller_stall.count = 1;
  for (int round = 0; round < 5; ++round) {
    engine::Sample sample;
    sample.round = round;
    sample.outcome = engine::Outcome::kOk;
    sample.drained_ns = 5'000'000 + round;
    cell.add(sample);
  }
  report.cells.push_back(cell);
  return report;
}

Codes codes_of(const Report& report) {
  Codes codes;
  for (const Warning& warning : warnings_of(report)) {
    codes.push_back(warning.code);
    EXPECT_FALSE(warning.message.empty());
  }
  return codes;
}

TEST(Warnings, AreNoneForAGoodRun) { EXPECT_EQ(codes_of(good()), Codes{}); }

TEST(Warnings, NameABuildThatIsNotToBeMeasuredWith) {
  Report report = good();
  report.build.assertions = true;
  EXPECT_EQ(codes_of(report), Codes{"not-a-release-build"});
  report = good();
  report.build.sanitizers = "address";
  EXPECT_EQ(codes_of(report), Codes{"not-a-release-build"});
}

TEST(Warnings, NameTheMachineAndItsDisk) {
  Report report = good();
  report.environment.file_system = "tmpfs";
  EXPECT_EQ(codes_of(report), Codes{"memory-file-system"});
  report = good();
  report.environment.file_system = "overlay";
  report.environment.syncing.emplace().does_nothing = true;
  EXPECT_EQ(codes_of(report), Codes{"memory-file-system"});
  report = good();
  report.environment.file_system_free_bytes = 4;
  EXPECT_EQ(codes_of(report), Codes{"nearly-full-disk"});
  report = good();
  report.environment.cpu_governor = "powersave";
  EXPECT_EQ(codes_of(report), Codes{"frequency-scaling"});
  report = good();
  report.environment.load_average = 3.1;
  EXPECT_EQ(codes_of(report), Codes{"busy-machine"});
}

TEST(Warnings, NameAQuotaOfProcessors) {
  Report report = good();
  report.environment.cgroup_cpus = 4;
  EXPECT_EQ(codes_of(report), Codes{}) << "as many as there are";
  report.environment.cgroup_cpus = 0.2;
  report.cells[0].samples[1].interference.throttlings = 2;
  report.cells[0].samples[2].interference.throttlings = 0;
  ASSERT_EQ(codes_of(report), Codes{"processor-quota"});
  EXPECT_NE(warnings_of(report)[0].message.find("0.2 of 4 processors, and held 1 of 5 trials"), std::string::npos);
}

TEST(Warnings, CountDisturbedTrialsByCause) {
  Report report = good();
  report.cells[0].samples[1].disturbances = {"other-load", "writeback"};
  report.cells[0].samples[3].disturbances = {"other-load"};
  ASSERT_EQ(codes_of(report), Codes{"disturbed"});
  EXPECT_NE(warnings_of(report)[0].message.find("2 of 5 trials"), std::string::npos);
  EXPECT_NE(warnings_of(report)[0].message.find("other-load 2, writeback 1"), std::string::npos);
}

TEST(Warnings, NameTheCellsWhoseTrialsSayLittle) {
  Report report = good();
  for (auto& sample : report.cells[0].samples) sample.drained_ns = 150'000;
  EXPECT_EQ(codes_of(report), Codes{"too-short"});
  report = good();
  for (auto& sample : report.cells[0].samples) sample.drained_ns = 5'000'000 + 2'000'000 * (sample.round % 3);
  EXPECT_EQ(codes_of(report), Codes{"noisy"});
  report = good();
  report.cells[0].samples.resize(2);
  EXPECT_EQ(codes_of(report), Codes{"few-trials"});
  report = good();
  report.cells[0].caller_stall.count = 0;
  EXPECT_EQ(codes_of(report), Codes{"no-stalls"});
  EXPECT_NE(warnings_of(report)[0].message.find("sync"), std::string::npos);
}

TEST(Warnings, SayWhenTheLinesThemselvesTakeMuchOfTheTime) {
  Report report = good();
  engine::Cell harness = report.cells[0];
  harness.id = harness.strategy.name = kHarness;
  harness.strategy.role = Role::kControl;
  const auto take = [&](double share) {
    report.cells.resize(1);
    report.cells.push_back(harness);
    for (std::size_t i = 0; i < harness.samples.size(); ++i) {
      const auto whole = static_cast<double>(*report.cells[0].samples[i].drained_ns);
      report.cells[1].samples[i].drained_ns = static_cast<std::int64_t>(share * whole);
    }
  };
  take(0.3);
  EXPECT_EQ(codes_of(report), Codes{});
  take(0.4);
  ASSERT_EQ(codes_of(report), Codes{"costly-lines"});
  EXPECT_NE(warnings_of(report)[0].message.find("the time of sync, "), std::string::npos);
  for (engine::Cell& cell : report.cells) cell.workload.pace.lines_per_second = 1000;
  EXPECT_EQ(codes_of(report), Codes{}) << "the pace takes the time, not the lines";
  for (engine::Cell& cell : report.cells) cell.workload.pace.lines_per_second = 0;
  report.cells[1].workload.lines_kind = "sized";
  EXPECT_EQ(codes_of(report), Codes{}) << "it is a measure of other lines";
}

TEST(Warnings, SayWhatEqualLinesLeftOpenAndWhenTheKernelHeldTheWriters) {
  Report report = good();
  report.cells[0].samples[2].order_unproven = true;
  EXPECT_EQ(codes_of(report), Codes{"order-unproven"});
  report = good();
  report.cells[0].samples[2].copy_refused = true;
  EXPECT_EQ(codes_of(report), Codes{"copy-refused"});
  report = good();
  report.cells[0].samples[1].interference.throttled_from_bytes = 3'500'000'000;
  ASSERT_EQ(codes_of(report), Codes{"throttled"});
  EXPECT_NE(warnings_of(report)[0].message.find("after 3500.0 MB"), std::string::npos);
}

TEST(Warnings, SayThatTheHostTakesMemoryThatLargeFilesNeed) {
  Report report = good();
  report.cells[0].bytes = 512u << 20;
  EXPECT_EQ(codes_of(report), Codes{});
  report.environment.host_takes_free_memory = true;
  ASSERT_EQ(codes_of(report), Codes{"host-takes-memory"});
  EXPECT_NE(warnings_of(report)[0].message.find("as large as those of sync"), std::string::npos);
  report.cells[0].bytes -= 1;
  EXPECT_EQ(codes_of(report), Codes{});
}

TEST(Warnings, SayWhoMadeSpaceBeforeTheClockStartedAndForHowLong) {
  Report report = good();
  for (engine::Sample& sample : report.cells[0].samples) sample.prepare_ns = 12'340'000;
  EXPECT_EQ(codes_of(report), Codes{});
  report.cells[0].makes_space = true;
  ASSERT_EQ(codes_of(report), Codes{"space-beforehand"});
  EXPECT_NE(warnings_of(report)[0].message.find("sync (12.3 ms)"), std::string::npos);
}

TEST(Warnings, SayWhichAsynchronousInterfaceBlocksAndWhichIsAThreadPool) {
  Report report = good();
  const auto submit_for = [&](double share, std::int64_t workers) {
    for (engine::Sample& sample : report.cells[0].samples) {
      sample.submission_ns = static_cast<std::int64_t>(share * static_cast<double>(*sample.drained_ns));
      sample.kernel_workers = workers;
    }
  };
  submit_for(0.49, 0);
  EXPECT_EQ(codes_of(report), Codes{});
  submit_for(0.6, 0);
  ASSERT_EQ(codes_of(report), Codes{"submission-blocks"});
  EXPECT_NE(warnings_of(report)[0].message.find("sync 3.0 of 5.0 ms, with no thread of the kernel"), std::string::npos)
      << warnings_of(report)[0].message;
  submit_for(0.1, 2);
  ASSERT_EQ(codes_of(report), Codes{"kernel-workers"});
  EXPECT_NE(warnings_of(report)[0].message.find("the writes of sync (2)"), std::string::npos);
  submit_for(0.6, 2);
  EXPECT_EQ(codes_of(report), (Codes{"submission-blocks", "kernel-workers"}));
  EXPECT_EQ(warnings_of(report)[0].message.find("with no thread"), std::string::npos);
}

TEST(Warnings, SayThatATrialLostItsPace) {
  Report report = good();
  report.cells[0].samples[1].interference.slow_down = engine::PaceLoss{2'000'000'000, 3'000'000'000, 0.25};
  ASSERT_EQ(codes_of(report), Codes{"slowed"});
  EXPECT_NE(warnings_of(report)[0].message.find("sync to 25% of its pace after 3000 MB"), std::string::npos);
}

TEST(Warnings, SayWhichCellsRanOnAFractionOfTheLines) {
  Report report = good();
  report.cells[0].parameters.lines = 50'000;
  report.cells[0].asked_lines = 500'000;
  ASSERT_EQ(codes_of(report), Codes{"fewer-lines"});
  EXPECT_NE(warnings_of(report)[0].message.find("sync on 50000 of 500000 lines (1/10)"), std::string::npos);
}

TEST(Warnings, DoNotBlameTheBudgetForAnInterruptedRun) {
  Report report = good();
  report.complete = false;
  report.cells[0].samples.resize(1);
  report.cells[0].caller_stall.count = 0;
  EXPECT_EQ(codes_of(report), Codes{});
}

}  // namespace
}  // namespace writebench::reports
