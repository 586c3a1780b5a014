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
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstring>
#include <limits>
#include <new>

#include "engine/machine/pressure.hpp"
#include "engine/trial/histogram.hpp"
#include "engine/trial/kernel_counters.hpp"
#include "engine/trial/producer.hpp"

namespace writebench::engine {
namespace {

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

// What the child hands back, in memory shared with the parent: plain data, valid up to the phase it has reached.
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
  std::optional<std::int64_t> set_up_device_bytes;
  Interference interference;  // the pressures alone
  Histogram caller_stall;
  Histogram loop_lag;
  char message[1024] = {};

  void note(Phase reached, const char* what) {
    std::strncpy(message, what, sizeof message - 1);
    phase = reached;
  }
};

class SharedRecord {
 public:
  SharedRecord() {
    void* const memory = ::mmap(nullptr, sizeof(Record), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    record_ = new (memory) Record;
  }
  SharedRecord(const SharedRecord&) = delete;
  SharedRecord& operator=(const SharedRecord&) = delete;
  ~SharedRecord() { ::munmap(record_, sizeof(Record)); }

  Record& operator*() const { return *record_; }

 private:
  Record* record_;
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

// Spins for so much longer than the run has taken.
void hold_back(Clock::time_point start, double share) {
  const Clock::time_point end =
      start + std::chrono::nanoseconds(std::llround(static_cast<double>(since(start)) * (1 + share)));
  while (Clock::now() < end) {
  }
}

// The heart: what lies between clock on and clock off is the strategy's run, the sync that its durability asks for, and
// close. A sync comes before close, on the descriptor that wrote; the drained clock is read before it.
void measure(const Trial& trial, File& file, Record& record) {
  Clock::time_point start;
  std::int64_t submitted_ns = -1;
  const Content& content = trial.content;
  Producers producers(trial.workload.pace, content.lines(), start, trial.observe ? &record.caller_stall : nullptr);
  Job::Hooks hooks{.submitted = [&] { submitted_ns = since(start); }, .observe = {}, .loop_late_ns = {}};
  if (trial.observe || trial.workload.pace.any()) {
    hooks.observe = [&](std::uint64_t lines) { return producers.next(lines); };
  }
  if (trial.observe) {
    hooks.loop_late_ns = [&](std::int64_t late_ns) { record.loop_lag.record(late_ns); };
  }
  Job job(trial.parameters, content, file, std::move(hooks));

  record.prepare_began_ns = Clock::now().time_since_epoch().count();
  record.phase = Phase::kPrepare;
  reset_peak_rss();
  const auto resident_before = resident_bytes();
  const Clock::time_point preparing = Clock::now();
  const std::unique_ptr<Strategy> strategy = trial.strategy.make();
  strategy->prepare(job);
  record.prepare_ns = since(preparing);

  const bool durable = trial.parameters.durability.kind != Durability::Kind::kNone;
  record.phase = Phase::kRun;
  const Pressure pressure_before = read_pressure();
  const Cost before = read_counters();
  record.written_before_bytes = before.written_bytes.value_or(0);
  record.clock_on_ns = Clock::now().time_since_epoch().count();
  start = Clock::now();
  strategy->run(job);
  if (trial.injected_slow_down > 0) hold_back(start, trial.injected_slow_down);
  if (submitted_ns < 0) submitted_ns = since(start);
  if (durable) {
    record.drained_ns = since(start);
    file.sync();
    file.close();
    record.durable_ns = since(start);
  } else {
    file.close();
    record.drained_ns = since(start);
  }
  record.cost = difference(before, read_counters());
  record.interference = pressures(pressure_before, read_pressure());
  if (record.cost.peak_rss_bytes && resident_before) {
    record.cost.rss_growth_bytes = std::max<std::int64_t>(0, *record.cost.peak_rss_bytes - *resident_before);
  }
  record.submitted_ns = submitted_ns;
}

// The file as the workload wants to find it; the trial then begins with an offset of 0.
void set_up_file(int descriptor, const Trial& trial) {
  if (trial.strategy.contract.order == Order::kNothing) return;  // whoever writes nothing leaves it empty
  const Content& content = trial.content;
  const auto bytes = static_cast<off_t>(content.offset_bytes(content.lines()));
  const auto checked = [&](const char* operation, int result) {
    if (result != 0) throw IoError(operation, trial.path, 0, errno);
  };
  if (trial.workload.file_state != FileState::kNew) {
    const std::string old(1 << 20, 'o');
    for (off_t at = 0; at < bytes;) {
      const auto wanted = static_cast<std::size_t>(std::min<off_t>(bytes - at, static_cast<off_t>(old.size())));
      const ssize_t written = ::pwrite(descriptor, old.data(), wanted, at);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) throw IoError("pwrite", trial.path, static_cast<std::uint64_t>(at), written < 0 ? errno : EIO);
      at += written;
    }
    checked("fsync", ::fsync(descriptor));
  }
  if (trial.workload.file_state == FileState::kTruncate) checked("ftruncate", ::ftruncate(descriptor, 0));
  if (trial.workload.preallocation == Preallocation::kNone || bytes == 0) return;
  const int mode = trial.workload.preallocation == Preallocation::kReserve ? FALLOC_FL_KEEP_SIZE : 0;
  if (::fallocate(descriptor, mode, 0, bytes) == 0) return;
  if (errno == EOPNOTSUPP) throw Unsupported("this file system cannot preallocate (fallocate)");
  throw IoError("fallocate", trial.path, 0, errno);
}

void run_recorded(const Trial& trial, int descriptor, Record& record) {
  try {
    // No trial starts with another's work under way: earlier files are gone, and with them their dirty pages; this
    // waits for what is left of them, the journal's part.
    if (trial.workload.file_state == FileState::kNew) {
      set_up_file(descriptor, trial);
    } else {
      const Cost before = read_counters();
      set_up_file(descriptor, trial);
      record.set_up_device_bytes = difference(before, read_counters()).device_bytes;
    }
    const Clock::time_point settling = Clock::now();
    ::syncfs(descriptor);
    record.settle_ns = since(settling);
    File file(trial.path, descriptor, trial.parameters.durability, trial.syscalls);
    measure(trial, file, record);
    record.phase = Phase::kDone;
  } catch (const Unsupported& unsupported) {
    record.note(Phase::kUnsupported, unsupported.what());
  } catch (const std::exception& error) {
    record.note(Phase::kThrew, error.what());
  } catch (...) {
    record.note(Phase::kThrew, "an exception that is no std::exception");
  }
}

[[noreturn]] void run_child(const Trial& trial, int descriptor, Record& record, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);  // it died before it could be watched
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGXFSZ}) ::signal(ignored, SIG_IGN);  // the parent decides; EFBIG
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  run_recorded(trial, descriptor, record);
  ::_exit(0);
}

// glibc 2.36 declares pidfd_open(2) without C linkage, so that a C++ program cannot link it.
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

  /// Whether it has ended; waits for that at most one tick, or until a signal comes.
  bool ended_within_tick() {
    pollfd ended{pidfd_, POLLIN, 0};
    return ::poll(&ended, 1, static_cast<int>(kTick.count())) > 0;
  }

  /// Its status as of waitpid(2).
  int reap() const {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  /// Kills it and waits a moment for its end: one that hangs in the kernel is left to the kernel.
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

TrialResult result_of(const Record& record, Sample sample) {
  if (sample.outcome != Outcome::kOk) return {std::move(sample), {}, {}, 0};
  return {std::move(sample), record.caller_stall.distribution(), record.loop_lag.distribution(),
          record.set_up_device_bytes.value_or(0)};
}

}  // namespace

std::optional<TrialResult> run_trial(const Trial& trial, const std::function<bool(const TrialUnderWay&)>& waiting) {
  const int descriptor = ::open(trial.path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
  if (descriptor < 0) throw IoError("open", trial.path, 0, errno);
  SharedRecord shared;
  Record& record = *shared;
  if (trial.in_process) {
    run_recorded(trial, descriptor, record);
    return result_of(record, to_sample(record));
  }

  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  const int fork_error = errno;
  if (pid == 0) run_child(trial, descriptor, record, parent);
  ::close(descriptor);
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
  return result_of(record, to_sample(record, child.reap()));
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
