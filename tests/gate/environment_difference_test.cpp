#include "gate/environment_difference.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/gate/made_up.hpp"

namespace writebench::gate {
namespace {

using engine::Environment;
using reports::Report;

constexpr std::int64_t kGiB = 1 << 30;

Report machine() {
  Report report = tests::report_of({});
  Environment& environment = report.environment;
  environment.cpu_model = "A Processor";
  environment.cpus = 4;
  environment.kernel = "Linux 6";
  environment.architecture = "x86_64";
  environment.file_system = "ext4";
  environment.host_takes_free_memory = false;
  environment.memory_bytes = 8 * kGiB;
  environment.mount_options = "rw,relatime,errors=remount-ro";
  environment.syncing.emplace();
  environment.device.emplace().name = "vda";
  environment.device->rotational = false;
  report.build.type = "Release";
  report.build.libraries = {{"fmt", "9"}};
  return report;
}

struct Change {
  const char* field;
  Effect effect;
  std::function<void(Report&)> make;
};

const Change kChanges[] = {
    {"environment.architecture", Effect::kInconclusive, [](Report& r) { r.environment.architecture = "aarch64"; }},
    {"environment.cpu_model", Effect::kInconclusive, [](Report& r) { r.environment.cpu_model = "Another"; }},
    {"environment.cpus", Effect::kInconclusive, [](Report& r) { r.environment.cpus = 8; }},
    {"environment.cgroup_cpus", Effect::kInconclusive, [](Report& r) { r.environment.cgroup_cpus = 1.5; }},
    {"environment.virtualisation", Effect::kInconclusive, [](Report& r) { r.environment.virtualisation = "KVM"; }},
    {"environment.file_system", Effect::kInconclusive, [](Report& r) { r.environment.file_system = "xfs"; }},
    {"environment.device.rotational", Effect::kInconclusive,
     [](Report& r) { r.environment.device->rotational = true; }},
    {"environment.mount_options", Effect::kWiden, [](Report& r) { r.environment.mount_options = "rw,sync"; }},
    {"environment.cpu_governor", Effect::kWiden, [](Report& r) { r.environment.cpu_governor = "powersave"; }},
    {"environment.kernel", Effect::kWiden, [](Report& r) { r.environment.kernel = "Linux 7"; }},
    {"environment.host_takes_free_memory", Effect::kWiden,
     [](Report& r) { r.environment.host_takes_free_memory = true; }},
    {"environment.memory_bytes", Effect::kWiden, [](Report& r) { r.environment.memory_bytes = 16 * kGiB; }},
    {"environment.cgroup_memory_bytes", Effect::kWiden, [](Report& r) { r.environment.cgroup_memory_bytes = kGiB; }},
    {"environment.dirty_background_percent", Effect::kWiden,
     [](Report& r) { r.environment.dirty_background_percent = 5; }},
    {"environment.dirty_background_bytes", Effect::kWiden,
     [](Report& r) { r.environment.dirty_background_bytes = kGiB; }},
    {"environment.syncing.does_nothing", Effect::kInconclusive,
     [](Report& r) { r.environment.syncing->does_nothing = true; }},
    {"environment.dirty_percent", Effect::kWiden, [](Report& r) { r.environment.dirty_percent = 40; }},
    {"environment.dirty_bytes", Effect::kWiden, [](Report& r) { r.environment.dirty_bytes = kGiB; }},
    {"environment.device.name", Effect::kWiden, [](Report& r) { r.environment.device->name = "sda"; }},
    {"environment.device.scheduler", Effect::kWiden, [](Report& r) { r.environment.device->scheduler = "none"; }},
    {"environment.device.write_cache", Effect::kWiden,
     [](Report& r) { r.environment.device->write_cache = "write back"; }},
    {"tool.build_type", Effect::kInconclusive, [](Report& r) { r.build.type = "Debug"; }},
    {"tool.sanitizers", Effect::kInconclusive, [](Report& r) { r.build.sanitizers = "address"; }},
    {"tool.assertions", Effect::kInconclusive, [](Report& r) { r.build.assertions = true; }},
    {"tool.version", Effect::kNote, [](Report& r) { r.build.version = "9.9.9"; }},
    {"tool.compiler", Effect::kNote, [](Report& r) { r.build.compiler = "Clang 19"; }},
    {"tool.flags", Effect::kNote, [](Report& r) { r.build.flags = "-O2"; }},
    {"tool.libraries.fmt", Effect::kNote, [](Report& r) { r.build.libraries["fmt"] = "10"; }},
};

TEST(EnvironmentDifference, OfOneMachineAndBuildDiffersInNothing) {
  EXPECT_TRUE(differences(machine(), machine()).empty());
}

TEST(EnvironmentDifference, EachDifferenceIsNamedAndHasItsEffect) {
  for (const Change& change : kChanges) {
    Report changed = machine();
    change.make(changed);
    for (const bool in_base : {false, true}) {
      const auto found = in_base ? differences(changed, machine()) : differences(machine(), changed);
      ASSERT_EQ(found.size(), 1u) << change.field;
      EXPECT_EQ(found.front().field, change.field);
      EXPECT_EQ(found.front().effect, change.effect) << change.field;
      EXPECT_NE(found.front().base, found.front().head) << change.field;
    }
  }
}

TEST(EnvironmentDifference, WhatIsUnknownOnOneSideSaysSo) {
  Report unknown = machine();
  unknown.environment.cpu_model.reset();
  const auto found = differences(unknown, machine());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found.front().base, "unknown");
  EXPECT_EQ(found.front().head, "A Processor");
}

TEST(EnvironmentDifference, MemoryMayDifferByATenth) {
  const auto of_memory = [](std::int64_t bytes) {
    Report report = machine();
    report.environment.memory_bytes = bytes;
    return report;
  };
  EXPECT_TRUE(differences(of_memory(1000), of_memory(900)).empty());
  EXPECT_TRUE(differences(of_memory(900), of_memory(1000)).empty());
  EXPECT_EQ(differences(of_memory(1000), of_memory(899)).size(), 1u);
  EXPECT_EQ(differences(of_memory(899), of_memory(1000)).size(), 1u);
}

TEST(EnvironmentDifference, WhatChangesFromRunToRunIsNoDifference) {
  Report later = machine();
  later.environment.load_average = 3;
  later.environment.file_system_free_bytes = 5;
  later.environment.file_system_bytes = 7;
  later.environment.directory = "/elsewhere";
  later.environment.mount_options = "relatime,rw,errors=continue,size=5k";
  later.environment.device->name = "vdb";
  later.environment.syncing =
      engine::Syncing{.does_nothing = false, .sync_ns = 5, .bytes_beyond_data = 4096, .bytes_per_file = {}};
  later.started_at = "2002-01-01T00:00:00Z";
  EXPECT_TRUE(differences(machine(), later).empty());
}

TEST(EnvironmentDifference, WhatAnEarlierProgramDidNotRecordIsNoDifference) {
  Report earlier = machine();
  earlier.environment.syncing.reset();
  EXPECT_TRUE(differences(machine(), earlier).empty());
  EXPECT_TRUE(differences(earlier, machine()).empty());
}

TEST(EnvironmentDifference, ADeviceThatIsNotThereIsADifference) {
  Report none = machine();
  none.environment.device.reset();
  EXPECT_FALSE(differences(machine(), none).empty());
}

TEST(EnvironmentDifference, AnotherMixOfCellsIsNoted) {
  Report base = machine();
  Report head = machine();
  base.cells = {tests::cell_of("sync", {1e6}), tests::cell_of("null", {1e6})};
  head.cells = {tests::cell_of("sync", {1e6})};
  const auto found = differences(base, head);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].base + " against " + found[0].head, "null against none");
  EXPECT_EQ(found[0].effect, Effect::kNote);
  EXPECT_EQ(found[0].field, kCellsOfOneSide);
  base.pairing = {"a session", "base"};
  head.pairing = {"a session", "head"};
  EXPECT_TRUE(differences(base, head).empty()) << "in one session all cells run in one mix";
  base.pairing = head.pairing = {};
  base.cells.pop_back();
  EXPECT_TRUE(differences(base, head).empty());
}

TEST(EnvironmentDifference, ALibraryThatOnlyOneSideHasIsNoted) {
  Report more = machine();
  more.build.libraries["liburing"] = "2.3";
  ASSERT_EQ(differences(more, machine()).size(), 1u);
  EXPECT_EQ(differences(more, machine()).front().effect, Effect::kNote);
  ASSERT_EQ(differences(machine(), more).size(), 1u);
  EXPECT_EQ(differences(machine(), more).front().field, "tool.libraries.liburing");
}

}  // namespace
}  // namespace writebench::gate
