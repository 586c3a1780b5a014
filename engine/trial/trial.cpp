#include "engine/trial/trial.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstring>
#include <deque>
#include <limits>
#include <new>

#include "engine/lines/numbered_lines.hpp"
#include "engine/lines/strided_share.hpp"
#include "engine/machine/affinity.hpp"
#include "engine/machine/environment.hpp"
#include "engine/machine/pressure.hpp"
#include "engine/owned_descriptor.hpp"
#include "engine/trial/caller_cost.hpp"
#include "engine/trial/histogram.hpp"
#include "engine/trial/kernel_counters.hpp"
#include "engine/trial/page_tables.hpp"
#include "engine/trial/producer.hpp"
#include "engine/trial/stages.hpp"
#include "engine/trial/thread_times.hpp"

namespace writebench::engine {
namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTick{100};

enum class Phase : int { kSettle, kPrepare, kRun, kDone, kThrew, kUnsupported };

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::kSettle: return "while settling";
    case Phase::kPrepare: return "in prepare";
    case Phase::kRun: return "in run";
    default: return "after run";
  }
}

// What the child passes to the parent in shared memory: plain data, valid up to the phase that it has reached.
struct Record {
  std::atomic<Phase> phase{Phase::kSettle};
  std::atomic<std::int64_t> prepare_began_ns{0};  // CLOCK_MONOTONIC; 0 before
  std::atomic<std::int64_t> clock_on_ns{0};       // likewise
  std::int64_t written_before_bytes = 0;          // valid from clock on
  std::int64_t settle_ns = 0;
  std::int64_t prepare_ns = 0;
  std::int64_t submitted_ns = 0;
  std::int64_t drained_ns = 0;
  std::int64_t durable_ns = -1;
  Cost cost;
  std::uint64_t syncs = 0;
  Interference interference;  // only the pressures
  Histogram caller_stall;
  Histogram loop_lag;
  Histogram pace_late;
  char message[1024] = {};

  void note(Phase reached, const char* what) {
    std::strncpy(message, what, sizeof message - 1);
    phase = reached;
  }
};

// The same for a trial that times the stages of dispatched writes; valid if the trial is done.
struct StagesOfTrial {
  StageRecord record;
  std::array<ThreadTimes, 64> threads;
  std::size_t thread_count = 0;
  std::optional<std::int64_t> other_writes;
  std::optional<std::int64_t> futex_wakes;

  Stages stages() const {
    Stages stages = record.stages();
    stages.threads.assign(threads.begin(), threads.begin() + static_cast<std::ptrdiff_t>(thread_count));
    stages.other_writes = other_writes;
    stages.futex_wakes = futex_wakes;
    return stages;
  }
};

template <class T>
class Shared {
 public:
  Shared() {
    void* const memory = ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    value_ = new (memory) T;
  }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared() { ::munmap(value_, sizeof(T)); }

  T& operator*() const { return *value_; }

 private:
  T* value_;
};

// Counts the write calls of the files of a trial. One trial at a time.
std::atomic<std::int64_t> file_writes{0};
Syscalls uncounted;

Syscalls counting_writes(Syscalls calls) {
  uncounted = calls;
  file_writes = 0;
  calls.write = [](int descriptor, const void* bytes, std::size_t count) {
    file_writes.fetch_add(1, std::memory_order_relaxed);
    return uncounted.write(descriptor, bytes, count);
  };
  calls.pwrite = [](int descriptor, const void* bytes, std::size_t count, off_t offset) {
    file_writes.fetch_add(1, std::memory_order_relaxed);
    return uncounted.pwrite(descriptor, bytes, count, offset);
  };
  return calls;
}

// Reads what StagesOfTrial has beside the stages, around the clock of a trial.
class StageReadings {
 public:
  explicit StageReadings(bool wakes) {
    if (wakes) counter_.emplace();
  }

  void before_clock() {
    threads_ = read_threads();
    if (counter_) wakes_ = counter_->count();
    writes_ = file_writes;
  }

  // `ended` are the threads that have ended since.
  void after_clock(const Cost& cost, ThreadReadings ended, StagesOfTrial& stages) const {
    if (wakes_) stages.futex_wakes = counter_->count().value_or(*wakes_) - *wakes_;
    if (cost.write_syscalls) stages.other_writes = *cost.write_syscalls - (file_writes - writes_);
    ended.merge(read_threads());
    const std::vector<ThreadTimes> threads = between(threads_, ended);
    stages.thread_count = std::min(threads.size(), stages.threads.size());
    std::copy_n(threads.begin(), stages.thread_count, stages.threads.begin());
  }

 private:
  std::optional<FutexWakes> counter_;  // threads that start later are counted too
  ThreadReadings threads_;
  std::optional<std::int64_t> wakes_;
  std::int64_t writes_ = 0;
};

std::int64_t since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
}

Interference pressures(const Pressure& from, const Pressure& to) {
  const auto minus = [](const std::optional<std::int64_t>& later, const std::optional<std::int64_t>& earlier) {
    return later && earlier ? std::optional(*later - *earlier) : std::nullopt;
  };
  Interference interference;
  interference.cpu_pressure_ns = minus(to.cpu_ns, from.cpu_ns);
  interference.io_pressure_ns = minus(to.io_ns, from.io_ns);
  interference.memory_pressure_ns = minus(to.memory_ns, from.memory_ns);
  return interference;
}

// Spins for `share` of the time that the run has taken.
void hold_back(Clock::time_point start, double share) {
  const Clock::time_point end =
      start + std::chrono::nanoseconds(std::llround(static_cast<double>(since(start)) * (1 + share)));
  while (Clock::now() < end) {
  }
}

// The counters leave out what waiting cost, but the kernel splits processor time between user and system by ticks: one
// of the two may then have been less than what was taken from it.
void balance(std::optional<std::int64_t>& user_ns, std::optional<std::int64_t>& system_ns) {
  if (!user_ns || !system_ns) return;
  const std::int64_t sum_ns = std::max<std::int64_t>(0, *user_ns + *system_ns);
  user_ns = std::clamp<std::int64_t>(*user_ns, 0, sum_ns);
  system_ns = sum_ns - *user_ns;
}

// At a pace, waiting for lines is the harness's work and not the strategy's.
void leave_out_waiting(const WaitCost& before, Cost& cost) {
  const WaitCost after = wait_cost_of_process();
  cost.wait_cpu_ns = after.user_ns + after.system_ns - before.user_ns - before.system_ns;
  balance(cost.user_cpu_ns, cost.system_cpu_ns);
  balance(cost.caller_user_cpu_ns, cost.caller_system_cpu_ns);
}

// The measurement itself: between clock on and clock off are the strategy's run, the sync that its durability asks for,
// and close. The sync comes before close, on the descriptor that wrote; the drained clock is read before it.
void measure(const Trial& trial, std::vector<File*> files, Record& record, StagesOfTrial* stages) {
  Clock::time_point start;
  std::int64_t submitted_ns = -1;
  bool running = false;
  const Content& content = trial.content;
  const Pace& pace = trial.workload.pace;
  const bool scheduled = pace.lines_per_second > 0;
  Producers producers(
      pace, content.lines(), start,
      trial.observe ? ProducerTimes{&record.caller_stall, &record.pace_late} : ProducerTimes{},
      scheduled ? Waiting{.processors = std::min(unthrottled_cpus(), available_cpus()), .lateness = timer_lateness()}
                : Waiting{});
  CallerCost caller_cost;
  Job::Hooks hooks{.submitted =
                       [&] {
                         if (!running || submitted_ns >= 0)
                           throw std::logic_error("submitted() twice or outside run()");
                         submitted_ns = since(start);
                       },
                   .producer_begins = [&] { caller_cost.begin(); },
                   .producer_ends = [&] { caller_cost.end(); }};
  if (trial.observe || pace.any()) {
    hooks.observe = [&](const LineRange& range) { return producers.next(range.count); };
  }
  if (trial.observe) {
    hooks.loop_late_ns = [&](std::int64_t late_ns) { record.loop_lag.record(late_ns); };
  }
  std::optional<StageReadings> stage_readings;
  std::optional<StageObserver> stage_observer;
  if (stages != nullptr) {
    stage_readings.emplace(trial.wakes);
    hooks.dispatches = &stage_observer.emplace(stages->record);
  }
  Job job(trial.parameters, content, std::move(files), std::move(hooks));

  record.prepare_began_ns = Clock::now().time_since_epoch().count();
  record.phase = Phase::kPrepare;
  Cost first;  // the first readings fault in the pages that they need
  read_proc_counters(first);
  read_usage_before_clock(first);
  reset_peak_rss();
  const auto resident_before = resident_bytes();
  const Clock::time_point preparing = Clock::now();
  const std::unique_ptr<Strategy> strategy = trial.strategy.make();
  strategy->prepare(job);
  record.prepare_ns = since(preparing);

  const bool durable = trial.parameters.durability.kind != Durability::Kind::kNone;
  record.phase = Phase::kRun;
  const Pressure pressure_before = read_pressure();
  const WaitCost waited_before = wait_cost_of_process();
  if (stage_readings) stage_readings->before_clock();
  Cost before;
  read_proc_counters(before);
  record.written_before_bytes = before.written_bytes.value_or(0);
  record.clock_on_ns = Clock::now().time_since_epoch().count();
  running = true;
  read_usage_before_clock(before);
  start = Clock::now();
  strategy->run(job);
  running = false;
  if (trial.injected_slow_down > 0) hold_back(start, trial.injected_slow_down);
  if (submitted_ns < 0) submitted_ns = since(start);
  if (durable) {
    record.drained_ns = since(start);
    strategy->sync(job);
    strategy->close(job);
    record.durable_ns = since(start);
  } else {
    strategy->close(job);
    record.drained_ns = since(start);
  }
  Cost after;
  read_usage_after_clock(after);
  read_proc_counters(after);
  record.cost = difference(before, after);
  take_out_harness(record.cost, harness_cost(), durable ? record.durable_ns : record.drained_ns,
                   caller_cost.producers() * caller_reading_ns());
  caller_cost.put_into(record.cost);
  if (pace.any()) leave_out_waiting(waited_before, record.cost);
  if (stage_readings) stage_readings->after_clock(record.cost, stage_observer->ended_threads(), *stages);
  bound_caller(record.cost);
  record.interference = pressures(pressure_before, read_pressure());
  if (record.cost.peak_rss_bytes && resident_before) {
    record.cost.rss_growth_bytes = std::max<std::int64_t>(0, *record.cost.peak_rss_bytes - *resident_before);
    *record.cost.peak_rss_bytes -= std::min(*resident_before, static_cast<std::int64_t>(content.held_bytes()));
  }
  record.submitted_ns = submitted_ns;
}

// Writes as many bytes as `content` has, and waits until they are on the device.
void write_old_bytes(int descriptor, const std::string& path, std::uint64_t bytes) {
  const std::string old(1 << 20, 'o');
  for (std::uint64_t at = 0; at < bytes;) {
    const ssize_t written =
        ::pwrite(descriptor, old.data(), std::min<std::uint64_t>(bytes - at, old.size()), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw IoError("pwrite", path, at, written < 0 ? errno : EIO);
    at += static_cast<std::uint64_t>(written);
  }
  if (::fsync(descriptor) != 0) throw IoError("fsync", path, errno);
}

// Puts a file into the state that the workload asks for; the strategy then writes `content` to it from offset 0 on.
void set_up_file(int descriptor, const std::string& path, const Content& content, const Workload& workload) {
  if (workload.file_state == FileState::kNew && workload.preallocation == Preallocation::kNone) return;
  const std::uint64_t bytes = content.offset_bytes(content.lines());
  if (workload.file_state != FileState::kNew) write_old_bytes(descriptor, path, bytes);
  if (workload.file_state == FileState::kTruncate && ::ftruncate(descriptor, 0) != 0) {
    throw IoError("ftruncate", path, errno);
  }
  if (workload.preallocation == Preallocation::kNone || bytes == 0) return;
  const int mode = workload.preallocation == Preallocation::kReserve ? FALLOC_FL_KEEP_SIZE : 0;
  if (::fallocate(descriptor, mode, 0, static_cast<off_t>(bytes)) == 0) return;
  if (errno == EOPNOTSUPP) throw Unsupported("this file system cannot preallocate (fallocate)");
  throw IoError("fallocate", path, errno);
}

// The descriptor that the strategy gets. The file was set up through the same descriptor, so the strategy's close is
// the last close of a writer, in which some file systems do part of the work. A file that the strategy opens by name is
// set up through a writable descriptor that is closed again.
int open_set_up(const std::string& path, const Access& access, const Content& content, const Workload& workload) {
  const bool is_empty = workload.file_state != FileState::kOverwrite && workload.preallocation != Preallocation::kSize;
  if (access.append && !is_empty) throw Unsupported("it appends, so it cannot write into a file that has a size");
  OwnedDescriptor descriptor(open_for_strategy(path, access));
  if (access.by_name) {
    const OwnedDescriptor writable(open_for_strategy(path, {}));
    set_up_file(writable.get(), path, content, workload);
    return descriptor.release();
  }
  // The setup writes at its own offsets, from unaligned memory.
  const int flags = ::fcntl(descriptor.get(), F_GETFL);
  ::fcntl(descriptor.get(), F_SETFL, flags & ~(O_APPEND | O_DIRECT));
  set_up_file(descriptor.get(), path, content, workload);
  ::fcntl(descriptor.get(), F_SETFL, flags);
  return descriptor.release();
}

void open_files(const Trial& trial, std::deque<File>& files) {
  const Contract& contract = trial.strategy.contract;
  const Content& content = trial.content;
  const std::vector<std::string>& paths = trial.files.paths();
  const NumberedLines no_lines(0);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const StridedShare share(content, static_cast<unsigned>(i), static_cast<unsigned>(paths.size()));
    const Content& content_of_file = contract.order == Order::kNothing ? static_cast<const Content&>(no_lines) : share;
    files.emplace_back(paths[i], open_set_up(paths[i], trial.strategy.access, content_of_file, trial.workload),
                       trial.parameters.durability, trial.stages ? counting_writes(trial.syscalls) : trial.syscalls,
                       trial.strategy.access);
  }
}

void run_recorded(const Trial& trial, Record& record, StagesOfTrial* stages) {
  try {
    const Affinity affinity(trial.parameters);
    std::deque<File> files;
    // No trial starts while another's work is under way. Earlier files are gone, and with them their dirty pages; this
    // waits for the rest, which is the journal's.
    open_files(trial, files);
    const Clock::time_point settling = Clock::now();
    ::syncfs(files.front().descriptor());
    record.settle_ns = since(settling);
    std::vector<File*> pointers;
    for (File& file : files) pointers.push_back(&file);
    measure(trial, std::move(pointers), record, stages);
    for (const File& file : files) record.syncs += file.syncs();
    record.phase = Phase::kDone;
  } catch (const Unsupported& unsupported) {
    record.note(Phase::kUnsupported, unsupported.what());
  } catch (const std::exception& error) {
    record.note(Phase::kThrew, error.what());
  } catch (...) {
    record.note(Phase::kThrew, "an exception that is not a std::exception");
  }
}

[[noreturn]] void run_child(const Trial& trial, Record& record, StagesOfTrial* stages, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);  // the parent died before it could be watched
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGXFSZ}) ::signal(ignored, SIG_IGN);  // the parent decides; EFBIG
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  fill_page_tables();
  run_recorded(trial, record, stages);
  ::_exit(0);
}

// glibc 2.36 declares pidfd_open(2) without C linkage, so a C++ program cannot link it.
int open_pidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid), pidfd_(open_pidfd(pid)) {
    if (pidfd_ < 0) {
      const int error = errno;
      kill();
      throw std::system_error(error, std::generic_category(), "pidfd_open");
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pidfd_ >= 0) ::close(pidfd_);
  }

  /// Whether it has ended; waits for that until one tick has passed, or a signal arrives.
  bool ended_within_tick() {
    pollfd ended{pidfd_, POLLIN, 0};
    return ::poll(&ended, 1, static_cast<int>(kTick.count())) > 0;
  }

  /// Its wait status, as from waitpid(2).
  int reap() const {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  /// Kills it and waits briefly for its end; a process that hangs in the kernel is left to the kernel.
  void kill() const {
    ::kill(pid_, SIGKILL);
    pollfd ended{pidfd_, POLLIN, 0};
    if (pidfd_ < 0 || ::poll(&ended, 1, 300) > 0) reap();
  }

 private:
  pid_t pid_;
  int pidfd_;
};

bool timed_out(const Record& record, std::chrono::nanoseconds timeout) {
  const std::int64_t began = record.prepare_began_ns;
  return began != 0 && Clock::now().time_since_epoch().count() - began > timeout.count();
}

TrialUnderWay seen_from_outside(const Record& record, pid_t process) {
  TrialUnderWay trial{.process = process, .running = {}};
  const std::int64_t clock_on_ns = record.clock_on_ns;
  if (clock_on_ns == 0 || record.phase != Phase::kRun) return trial;
  trial.running = Clock::now().time_since_epoch() - std::chrono::nanoseconds(clock_on_ns);
  trial.written_before_bytes = record.written_before_bytes;
  return trial;
}

Sample to_sample(const Record& record) {
  Sample sample;
  switch (record.phase.load()) {
    case Phase::kDone:
      sample.outcome = Outcome::kOk;
      sample.settle_ns = record.settle_ns;
      sample.prepare_ns = record.prepare_ns;
      sample.submitted_ns = record.submitted_ns;
      sample.drained_ns = record.drained_ns;
      if (record.durable_ns >= 0) sample.durable_ns = record.durable_ns;
      sample.cost = record.cost;
      sample.interference = record.interference;
      break;
    case Phase::kUnsupported:
      sample.outcome = Outcome::kUnavailable;
      sample.detail = record.message;
      break;
    case Phase::kThrew:
      sample.outcome = Outcome::kFailed;
      sample.detail = record.message;
      break;
    default:
      sample.outcome = Outcome::kFailed;
      sample.detail = "ended the process " + std::string(name_of(record.phase));
  }
  return sample;
}

Sample to_sample(const Record& record, int status) {
  Sample sample = to_sample(record);
  if (!WIFSIGNALED(status)) return sample;
  sample = {};
  sample.outcome = Outcome::kFailed;
  const char* const name = ::sigabbrev_np(WTERMSIG(status));
  sample.detail = "killed by signal " + std::to_string(WTERMSIG(status)) +
                  (name ? " (SIG" + std::string(name) + ")" : "") + " " + std::string(name_of(record.phase));
  return sample;
}

TrialResult result_of(const Record& record, const StagesOfTrial* stages, Sample sample) {
  if (sample.outcome != Outcome::kOk) return {std::move(sample), {}, {}, 0};
  TrialResult result{std::move(sample), record.caller_stall.distribution(), record.loop_lag.distribution(),
                     record.syncs, record.pace_late.distribution()};
  if (stages != nullptr) {
    result.stages = stages->stages();
    if (result.stages->dispatches == 0) result.stages.reset();
  }
  return result;
}

}  // namespace

std::optional<TrialResult> run_trial(const Trial& trial, const std::function<bool(const TrialUnderWay&)>& waiting) {
  const Shared<Record> shared;
  Record& record = *shared;
  std::optional<Shared<StagesOfTrial>> shared_stages;
  if (trial.stages) shared_stages.emplace();
  StagesOfTrial* const stages = shared_stages ? &**shared_stages : nullptr;
  harness_cost();  // measured here once, so that no trial has to
  caller_reading_ns();
  if (trial.workload.pace.lines_per_second > 0) {  // found out here, so that children inherit it
    timer_lateness();
    unthrottled_cpus();
  }
  if (trial.in_process) {
    run_recorded(trial, record, stages);
    return result_of(record, stages, to_sample(record));
  }

  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  const int fork_error = errno;
  if (pid == 0) run_child(trial, record, stages, parent);
  if (pid < 0) throw std::system_error(fork_error, std::generic_category(), "fork");

  Child child(pid);
  while (!child.ended_within_tick()) {
    if (waiting && !waiting(seen_from_outside(record, pid))) {
      child.kill();
      return std::nullopt;
    }
    if (!timed_out(record, trial.timeout)) continue;
    child.kill();
    Sample sample;
    sample.outcome = Outcome::kTimeout;
    sample.detail = "killed " + std::string(name_of(record.phase)) + " after " +
                    std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(trial.timeout).count()) +
                    " ms";
    return TrialResult{sample, {}, {}, 0};
  }
  return result_of(record, stages, to_sample(record, child.reap()));
}

double clock_read_ns() {
  constexpr int kReadings = 2000;
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 10; ++round) {
    const Clock::time_point start = Clock::now();
    for (int i = 1; i < kReadings; ++i) static_cast<void>(Clock::now());
    least = std::min(least, static_cast<double>(since(start)) / kReadings);
  }
  return least;
}

}  // namespace writebench::engine
