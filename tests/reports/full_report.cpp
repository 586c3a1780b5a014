#include "tests/reports/full_report.hpp"

#include "engine/trial/sample_fields.hpp"

namespace writebench::tests {
namespace {

using engine::Cell;
using engine::Outcome;
using engine::Sample;

Sample sample_of(int round, std::int64_t time_ns) {
  Sample sample;
  sample.round = round;
  sample.position = round % 3;
  sample.outcome = Outcome::kOk;
  sample.prepare_ns = 400;
  sample.submitted_ns = time_ns - time_ns / 4;
  sample.drained_ns = time_ns;
  return sample;
}

Sample failed_sample(int round, Outcome outcome, const std::string& detail) {
  Sample sample;
  sample.round = round;
  sample.outcome = outcome;
  sample.detail = detail;
  return sample;
}

// With every figure, each of another value.
Sample known_sample(int round, std::int64_t time_ns) {
  Sample sample = sample_of(round, time_ns);
  std::int64_t value = 1000 + round;
  for (const engine::SampleField& field : engine::sample_fields()) {
    auto* const place = field.in(sample);
    if (place != nullptr && !*place && field.name != "durable_ns") *place = ++value;
  }
  sample.total_ns = 3 * time_ns;
  sample.injected_slow_down = 0.125;
  sample.interference.slow_down = {.from_ns = ++value, .from_bytes = ++value, .to_share = 0.3125};
  sample.disturbances = {"stolen-cpu", "writeback"};
  sample.order_unproven = true;
  sample.copy_refused = true;
  return sample;
}

// An option that belongs to one strategy, and whose value is a word.
constexpr std::string_view kPolls[] = {"off", "on"};
constexpr Option kPoll{.name = "poll",
                       .key = "poll",
                       .summary = "how completions are found",
                       .kind = Option::Kind::kWord,
                       .min = 0,
                       .words = kPolls};

Cell made_up_cell(std::string_view name, std::string_view family, const std::string& id = "") {
  Cell cell;
  cell.id = id.empty() ? std::string(name) : id;
  cell.strategy.name = name;
  cell.strategy.family = family;
  if (family == "control") cell.strategy.role = Role::kControl;
  cell.parameters.lines = 1000;
  cell.bytes = 8890;
  cell.warm_up_trials = 1;
  return cell;
}

Cell with_times(Cell cell, std::int64_t first_ns, int trials) {
  for (int round = 0; round < trials; ++round)
    cell.add(sample_of(round, first_ns + std::int64_t{977} * (round * 7 % 10)));
  return cell;
}

std::vector<Cell> cells() {
  std::vector<Cell> cells;
  cells.push_back(with_times(made_up_cell("null", "control"), 7'001, 8));
  cells.back().strategy.contract.order = Order::kNothing;
  cells.push_back(with_times(made_up_cell("bulk", "control"), 31'000, 8));
  cells.push_back(with_times(made_up_cell("sync", "caller writes"), 100'003, 8));
  cells.back().add(known_sample(8, 101'001));
  cells.back().caller_stall = {.buckets = {{0, 0, 900}, {41, 41, 99}, {1024, 1031, 1}}, .count = 1000, .max_ns = 1029};
  cells.push_back(with_times(made_up_cell("sync", "caller writes", "sync#2"), 102'000, 2));
  cells.back().twin_of = "sync";
  cells.push_back(with_times(made_up_cell("naive-async", "dispatch"), 9'000'000, 3));
  cells.back().strategy.contract.order = Order::kPerWriter;
  cells.back().strategy.command = {"node", "origin.mjs", "awaited"};
  cells.back().strategy.language = "Node";
  cells.back().strategy.own_reference = "sync";
  for (const Option* option : {&kWriters, &kThreads, &kBufferSize, &kQueueDepth}) {
    cells.back().parameters.set(*option, option->usual);
  }
  cells.back().loop_lag = {.buckets = {{128, 129, 1000}}, .count = 1000, .max_ns = 129};
  cells.push_back(with_times(made_up_cell("thread-pool", "dispatch", "thread-pool queue-depth=8"), 800'000, 3));
  cells.back().strategy.contract.order = Order::kNone;
  cells.back().parameters.set(kThreads, 2);
  cells.back().parameters.set(kQueueDepth, 8);
  cells.back().parameters.set(kPoll, 1);
  cells.back().asked_lines = 100'000;
  cells.back().makes_space = true;
  cells.push_back(made_up_cell("lost", "faulty"));
  cells.back().add(failed_sample(0, Outcome::kIncorrect, "1 line lost, line 5 (byte 35)"));
  cells.back().strategy.contract.layout = Layout::kFilePerWriter;
  cells.back().strategy.command = {"python3", "it's mine.py", ""};
  cells.push_back(with_times(made_up_cell("throws", "faulty"), 50'000, 1));
  cells.back().strategy.role = Role::kRung;
  cells.back().workload.random_bytes = true;
  cells.back().add(failed_sample(1, Outcome::kFailed, "out of \"ink\"\nat last"));
  cells.push_back(made_up_cell("hangs", "faulty"));
  cells.back().add(failed_sample(0, Outcome::kTimeout, "killed after 300 ms"));
  cells.push_back(made_up_cell("unsupported", "faulty"));
  cells.back().status = Outcome::kUnavailable;
  cells.back().status_detail = "needs a kernel of next year";
  cells.push_back(made_up_cell("buffered", "dispatch", "not-run"));
  Cell other = made_up_cell("sync", "caller writes", "sync lines=5");
  other.parameters.lines = 5;
  other.parameters.durability = {.kind = Durability::Kind::kBytes, .interval_bytes = 4096};
  other.parameters.set(kSyncCall, 1);
  other.workload.lines_kind = "replayed";
  other.workload.min_line_bytes = 1;
  other.workload.max_line_bytes = 1ull << 40;
  other.workload.input = "/data/app.log";
  other.workload.pace = {.think = std::chrono::nanoseconds(1500), .lines_per_second = 0.1, .burst_lines = 3};
  other.workload.file_state = engine::FileState::kOverwrite;
  other.workload.preallocation = engine::Preallocation::kSize;
  other.workload.cold_caches = true;
  Sample synced = sample_of(0, 5'000);
  synced.durable_ns = 9'000'000;
  other.add(synced);
  other.pace_late = {.buckets = {{0, 0, 600}, {64, 64, 400}}, .count = 1000, .max_ns = 64};
  cells.push_back(other);
  return cells;
}

reports::Explanation explanation() {
  using reports::Estimate;
  const Estimate known{1.5, engine::Interval{-0.25, 2.75}};
  const Estimate unknown{0, std::nullopt};
  reports::StageSummary stages{.cell = "sync",
                               .trials = 3,
                               .dispatches = 4000,
                               .awaited = true,
                               .parts = {{"wake-up", 5000.5, 4000, 20'000}, {"call", 300.25, {}, {}}},
                               .whole_ns = 5300.75,
                               .hand_over_ns = 1200.5,
                               .same_processor_share = 0.25,
                               .queue_mean = 4.5,
                               .queue_max = 9,
                               .loop_wakes = 0.75,
                               .pool_wakes = 2.25,
                               .switches = 1.75,
                               .caller_delay_ns = 12.5,
                               .pool_delay_ns = 13.5,
                               .line_ns = 5400.5,
                               .unstaged_line_ns = 5350.5};
  reports::StageSummary untold = stages;
  untold.awaited = false;
  untold.loop_wakes.reset();
  untold.pool_wakes.reset();
  return {.subject = "sync",
          .reference = "null",
          .ladder = {{"null", "", 1.25, unknown}, {"sync", "writes", 70.5, known, engine::Interval{-1.5, 80.5}}},
          .stages = {stages, untold},
          .variants = {{"sync", "null", known}},
          .block_sizes = {{"sync", "null", known}, {"null", "sync", unknown}},
          .break_even = reports::Explanation::BreakEven{4096.5, engine::Interval{2000.5, 9000.5}, 40.5},
          .thinks = {{"sync", "null", known}},
          .paced = {"sync"},
          .durable = {"null"},
          .findings = {{"factor", "It costs what it costs."}}};
}

reports::CrashTest crash_test() {
  using reports::Fault;
  reports::Deaths deaths{.cell = "sync", .running_ns = 7'000'000, .bound_bytes = 4104, .trials = 13, .ended_before = 2};
  for (std::uint64_t i = 1; i <= 10; ++i) {
    deaths.losses.push_back({.after_ns = static_cast<std::int64_t>(1000 * i),
                             .submitted_lines = 100 + i,
                             .drained_bytes = 1000 + i,
                             .durable_bytes = 900 + i,
                             .kept_lines = 90 + i,
                             .lost_lines = 10 + i,
                             .lost_bytes = 120 + i,
                             .lost_ns = static_cast<std::int64_t>(500 + i),
                             .surplus_lines = i % 2,
                             .torn_lines = i % 3,
                             .damaged_lines = i % 4});
  }
  deaths.losses[3].faults = {{Fault::kDrainedLost, 1, 8, "line 3 (byte 21)"}, {Fault::kOverBound, 2, 5000, "lost"}};
  deaths.losses[4].faults = {{Fault::kDrainedLost, 1, 8, "line 4 (byte 28)"}};
  reports::Deaths failed{.cell = "null", .death = reports::Death::kMachine, .failure = "it threw \"ink\""};
  return {.deaths = 50, .cells = {deaths, failed}, .unavailable = {{reports::Death::kMachine, "it needs \"root\""}}};
}

reports::Advice advice() {
  using reports::Hurdle;
  reports::Advice::Figures known{.trials = 9,
                                 .disturbed_trials = 2,
                                 .value_ns = 70.5,
                                 .ns_per_line = 100.25,
                                 .cpu_ns_per_line = 70.5,
                                 .stall_p999_ns = 1200.5,
                                 .stall_max_ns = 34'000,
                                 .memory_bytes = 131'072,
                                 .keeps_rate = true,
                                 .may_lose_bytes = 4104};
  reports::Advice::Figures unknown = known;
  unknown.cpu_ns_per_line.reset();
  unknown.stall_p999_ns.reset();
  unknown.stall_max_ns.reset();
  unknown.memory_bytes.reset();
  unknown.keeps_rate = false;
  unknown.may_lose_bytes.reset();
  return {.asked = {.goal = reports::Goal::kCpu,
                    .lines_per_second = 10'000.5,
                    .writers = 3,
                    .order = Order::kPerWriter,
                    .file_per_writer = true,
                    .durability = {.kind = Durability::Kind::kBytes, .interval_bytes = 4096},
                    .max_stall_ns = 100'000,
                    .max_loss_bytes = 6250,
                    .max_loss_ns = 50'000'000,
                    .max_memory_bytes = 1 << 20,
                    .language = "python"},
          .candidates = {{"sync", Effort::kLibraryCall, "", 0, 0, {}},
                         {"buffered", Effort::kKernel, "buffer-size", 65'536, 512, {"buffered.buffer-size=64KiB"}}},
          .finalists = {{"sync", Effort::kLibraryCall, known, {}, 0, true, true},
                        {"thread-pool queue-depth=8",
                         Effort::kSeveralThreads,
                         unknown,
                         {1.5, engine::Interval{1.25, 1.75}},
                         7,
                         false,
                         false,
                         true}},
          .recommended = true,
          .harness_cell = "null",
          .harness_ns = 40.5,
          .tie_margin = 0.125,
          .ruled_out = {{"naive-async", Hurdle::kCost, "29 times \"as\" much"},
                        {"mmap", Hurdle::kMaxLoss, "may lose more"}},
          .nearest = {{Hurdle::kMaxStall, "null", 1000.5, 1500.5}},
          .findings = {{"recommendation", "Use what there is."}}};
}

}  // namespace

reports::Report full_report() {
  reports::Report report;
  report.started_at = "2001-02-03T04:05:06Z";
  report.command_line = {"writebench", "--strategy", "na\xc3\xafve \"quoted\""};
  report.complete = false;
  report.pairing = {"a session", "base"};
  report.plan = {.warm_up_trials = 2,
                 .min_trials = 4,
                 .max_trials = 8,
                 .stall_trials = 0,
                 .max_stall_trials = 9,
                 .precision = 0.015,
                 .budget = std::chrono::milliseconds(1500),
                 .seed = UINT64_MAX};
  report.build = {.version = "1.2.3",
                  .commit = "0123456789abcdef0123456789abcdef01234567-dirty",
                  .type = "Release",
                  .compiler = "GNU 12",
                  .flags = "-O3",
                  .sanitizers = "",
                  .assertions = true,
                  .libraries = {{"a", "1"}, {"b", "2"}}};
  engine::Environment& environment = report.environment;
  environment.cpu_model = "A Processor";
  environment.cpus = 4;
  environment.cpu_governor = "performance";
  environment.virtualisation = "A Hypervisor";
  environment.host_takes_free_memory = true;
  environment.memory_bytes = 8ll << 30;
  environment.cgroup_memory_bytes = 4ll << 30;
  environment.cgroup_cpus = 1.5;
  environment.kernel = "Linux 6";
  environment.architecture = "x86_64";
  environment.directory = "/data";
  environment.file_system = "ext4";
  environment.mount_options = "rw,relatime";
  environment.file_system_bytes = 1ll << 40;
  environment.file_system_free_bytes = 1ll << 39;
  environment.device.emplace();
  environment.device->name = "vda";
  environment.device->rotational = false;
  environment.device->scheduler = "none";
  environment.device->write_cache = "write back";
  environment.dirty_background_bytes = 100'000'000;
  environment.dirty_background_percent = 10;
  environment.dirty_bytes = 200'000'000;
  environment.dirty_percent = 20;
  environment.load_average = 0.25;
  environment.syncing = {
      .does_nothing = true, .sync_ns = 250'000, .bytes_beyond_data = 20'480, .bytes_per_file = 49'152};
  report.clock_read_ns = 21.5;
  report.protocol_ns = 18'500;
  report.cells = cells();
  report.explanation = explanation();
  report.crash_test = crash_test();
  report.advice = advice();
  report.warnings = {{"disturbed", "1 of 30 trials was disturbed"}};
  return report;
}

}  // namespace writebench::tests
