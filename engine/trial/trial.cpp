#include "engine/trial/trial.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstring>
#include <limits>
#include <new>
#include <span>

#include "engine/lines/numbered_lines.hpp"
#include "engine/lines/strided_share.hpp"
#include "engine/machine/affinity.hpp"
#include "engine/machine/environment.hpp"
#include "engine/machine/page_cache.hpp"
#include "engine/machine/pressure.hpp"
#include "engine/machine/running_clock.hpp"
#include "engine/owned_descriptor.hpp"
#include "engine/process/end_actions.hpp"
#include "engine/process/process_tree.hpp"
#include "engine/process/signals.hpp"
#include "engine/trial/caller_cost.hpp"
#include "engine/trial/child_process.hpp"
#include "engine/trial/histogram.hpp"
#include "engine/trial/kernel_counters.hpp"
#include "engine/trial/kill_timer.hpp"
#include "engine/trial/ledger.hpp"
#include "engine/trial/page_tables.hpp"
#include "engine/trial/producer.hpp"
#include "engine/trial/set_up_file.hpp"
#include "engine/trial/stages.hpp"
#include "engine/trial/stop_detector.hpp"
#include "engine/trial/thread_times.hpp"
#include "engine/until_done.hpp"

namespace writebench::engine {
namespace {

using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTick{100};

enum class Phase : int { kStart, kSetUp, kSettle, kPrepare, kRun, kDone, kThrew, kUnsupported };

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::kStart: return "while starting";
    case Phase::kSetUp: return "while setting up its files";
    case Phase::kSettle: return "while settling";
    case Phase::kPrepare: return "in prepare";
    case Phase::kRun: return "in run";
    default: return "after run";
  }
}

bool is_inside_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }  // UTF-8

// Copies the text, ended by a 0. Of one that is too long, the middle is left out: the end says what went wrong.
// Allocates nothing, since memory may be short.
void copy_shortened(std::string_view text, std::span<char> to) {
  constexpr std::string_view kLeftOut = " … ";
  char* at = to.data();
  const auto append = [&](std::string_view part) { at = std::copy(part.begin(), part.end(), at); };
  if (text.size() < to.size()) {
    append(text);
  } else {
    const std::size_t half = (to.size() - 1 - kLeftOut.size()) / 2;
    std::size_t head = half;
    while (head > 0 && is_inside_character(text[head])) --head;
    std::size_t tail = text.size() - half;
    while (tail < text.size() && is_inside_character(text[tail])) ++tail;
    append(text.substr(0, head));
    append(kLeftOut);
    append(text.substr(tail));
  }
  *at = '\0';
}

// What the child passes to the parent in shared memory: plain data, valid up to the phase that it has reached.
struct Record {
  std::atomic<Phase> phase{Phase::kStart};
  std::atomic<int> timed_parts{0};           // how many parts have begun of those that the timeout limits, one by one
  std::atomic<std::int64_t> clock_on_ns{0};  // CLOCK_MONOTONIC; 0 before
  WrittenBefore written_before;              // valid from clock on
  std::int64_t settle_ns = 0;
  std::int64_t prepare_ns = 0;
  std::int64_t submitted_ns = 0;
  std::int64_t drained_ns = 0;
  std::int64_t durable_ns = -1;
  Cost cost;
  std::uint64_t syncs = 0;
  bool copy_refused = false;  // by copy_file_range(2)
  std::atomic<bool> submits{false};
  std::atomic<std::int64_t> submission_ns{0};  // valid if it submits
  std::int64_t kernel_workers = -1;            // -1: not counted
  Interference interference;                   // only the pressures
  // What the producers use, also those in processes that the strategy has forked.
  Histogram caller_stall;
  Histogram pace_late;
  Clock::time_point start{};
  std::atomic<unsigned> waiting_threads{0};
  Histogram loop_lag;
  bool stopped = false;  // by a signal, between clock on and clock off
  char message[1024] = {};

  // The timeout begins anew.
  void begin(Phase part) {
    phase = part;
    ++timed_parts;
  }

  void note(Phase reached, const char* what) {
    copy_shortened(what, message);
    phase = reached;
  }

  // The same for an error, whose message begins with the phase unless it came from run.
  void note_error(const char* what) {
    const std::string_view where = phase == Phase::kRun ? "" : name_of(phase);
    char* at = std::copy(where.begin(), where.end(), message);
    if (!where.empty()) at = std::copy_n(": ", 2, at);
    copy_shortened(what, std::span(at, std::end(message)));
    phase = Phase::kThrew;
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

// The files of a trial. They lie in memory that processes share which the strategy forks: what one of them writes and
// syncs counts for all.
class Files {
 public:
  explicit Files(std::size_t most) : bytes_((most + 1) * sizeof(File)) {  // mmap(2) maps no 0 bytes
    files_.reserve(most);
    void* const memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    memory_ = static_cast<char*>(memory);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() {
    for (File* const file : files_) file->~File();
    ::munmap(memory_, bytes_);
  }

  template <class... Arguments>
  void add(Arguments&&... arguments) {
    files_.push_back(new (memory_ + files_.size() * sizeof(File)) File(std::forward<Arguments>(arguments)...));
  }

  const std::vector<File*>& all() const { return files_; }

 private:
  const std::size_t bytes_;
  char* memory_ = nullptr;
  std::vector<File*> files_;
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
  calls.writev = [](int descriptor, const iovec* parts, int count) {
    file_writes.fetch_add(1, std::memory_order_relaxed);
    return uncounted.writev(descriptor, parts, count);
  };
  calls.pwritev2 = [](int descriptor, const iovec* parts, int count, off_t offset, int flags) {
    file_writes.fetch_add(1, std::memory_order_relaxed);
    return uncounted.pwritev2(descriptor, parts, count, offset, flags);
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
std::int64_t waited_ns(const WaitCost& before) {
  const WaitCost after = wait_cost_of_process();
  return after.user_ns + after.system_ns - before.user_ns - before.system_ns;
}

// /proc/self/io does not count the write calls of every strategy.
WrittenBefore written_before(const Descriptor& strategy, const Cost& before) {
  if (strategy.counts_writes) return {WriteCounter::kWritten, before.written_bytes.value_or(0)};
  return {WriteCounter::kDirtied, before.device_bytes.value_or(0)};
}

void leave_out_uncounted(const Descriptor& strategy, Cost& cost) {
  if (strategy.counts_writes) return;
  cost.write_syscalls.reset();
  cost.written_bytes.reset();
}

// The measurement itself: between clock on and clock off are the strategy's run, the sync that its durability asks for,
// and close. The sync comes before close, on the descriptor that wrote; the drained clock is read before it.
void measure(const Trial& trial, const std::vector<File*>& files, const std::vector<File*>& scratch_files,
             const StopDetector& stops, Record& record, StagesOfTrial* stages) {
  Clock::time_point& start = record.start;
  std::int64_t submitted_ns = -1;
  bool running = false;
  const Content& content = trial.content;
  const Pace& pace = trial.workload.pace;
  const bool scheduled = pace.lines_per_second > 0;
  Producers producers(pace, content.lines(), start,
                      trial.observe ? ProducerTimes{&record.caller_stall, &record.pace_late} : ProducerTimes{},
                      scheduled ? Waiting{.processors = std::min(unthrottled_cpus(), available_cpus()),
                                          .lateness = timer_lateness(),
                                          .threads = &record.waiting_threads}
                                : Waiting{});
  const Shared<CallerCost> shared_caller_cost;
  CallerCost& caller_cost = *shared_caller_cost;
  Job::Hooks hooks{.submitted =
                       [&] {
                         if (!running || submitted_ns >= 0)
                           throw std::logic_error("submitted() twice or outside run()");
                         submitted_ns = since(start);
                       },
                   .producer_begins = [&] { caller_cost.begin(); },
                   .producer_ends = [&] { caller_cost.end(); },
                   .submission_ns =
                       [&record](std::int64_t ns) {
                         record.submits.store(true, std::memory_order_relaxed);
                         record.submission_ns.fetch_add(ns, std::memory_order_relaxed);
                       }};
  const bool produced = trial.observe || pace.any();
  if (produced) hooks.observe = [&](const LineRange& range) { return producers.next(range.count); };
  if (trial.ledger != nullptr) {
    hooks.observe = [&](const LineRange& range) {
      return trial.ledger->observe_lines(range, produced ? producers.next(range.count) : nullptr);
    };
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
  Job job(trial.parameters, content, std::move(files), std::move(hooks), std::move(scratch_files));

  record.begin(Phase::kPrepare);
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
  stops.begin();
  Cost before;
  read_proc_counters(before);
  record.written_before = written_before(trial.strategy, before);
  record.clock_on_ns = Clock::now().time_since_epoch().count();
  if (trial.ledger != nullptr) trial.ledger->clock_on();
  if (trial.killed_after) kill_this_process_after(*trial.killed_after);
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
  if (trial.ledger != nullptr) trial.ledger->clock_off();
  Cost after;
  read_usage_after_clock(after);
  read_proc_counters(after);
  record.stopped = stops.was_stopped();
  if (record.submits || !trial.strategy.counts_writes) record.kernel_workers = kernel_workers();
  record.cost = difference(before, after);
  take_out_harness(record.cost, harness_cost(), durable ? record.durable_ns : record.drained_ns,
                   caller_cost.threads() * caller_reading_ns());
  if (pace.any()) record.cost.wait_cpu_ns = waited_ns(waited_before);
  caller_cost.put_into(record.cost);
  leave_out_uncounted(trial.strategy, record.cost);
  if (pace.any()) {
    balance(record.cost.user_cpu_ns, record.cost.system_cpu_ns);
    balance(record.cost.caller_user_cpu_ns, record.cost.caller_system_cpu_ns);
  }
  if (stage_readings) stage_readings->after_clock(record.cost, stage_observer->ended_threads(), *stages);
  bound_caller(record.cost);
  record.interference = pressures(pressure_before, read_pressure());
  if (record.cost.peak_rss_bytes && resident_before) {
    record.cost.rss_growth_bytes = std::max<std::int64_t>(0, *record.cost.peak_rss_bytes - *resident_before);
    *record.cost.peak_rss_bytes -= std::min(*resident_before, static_cast<std::int64_t>(content.held_bytes()));
  }
  record.submitted_ns = submitted_ns;
}

// The descriptor that the strategy gets. The file was set up through the same descriptor, so the strategy's close is
// the last close of a writer, in which some file systems do part of the work. A file that the strategy opens by name is
// set up through a writable descriptor that is closed again.
int open_set_up(const TrialFiles& all, std::size_t i, const Access& access, const Content& content,
                const Workload& workload) {
  const std::string& path = all.paths()[i];
  const bool is_empty = workload.file_state != FileState::kOverwrite && workload.preallocation != Preallocation::kSize;
  if (access.append && !is_empty) throw Unsupported("it appends, so it cannot write into a file that has a size");
  OwnedDescriptor descriptor(all.open_for_strategy(i, access));
  if (access.by_name) {
    const OwnedDescriptor writable(all.open_for_strategy(i, {}));
    set_up_file(writable.get(), path, content, workload);
    return descriptor.release();
  }
  // The setup writes at its own offsets, from unaligned memory.
  const int flags = ::fcntl(descriptor.get(), F_GETFL);
  const auto set_flags = [&](int wanted) {
    if (flags < 0 || ::fcntl(descriptor.get(), F_SETFL, wanted) != 0) throw IoError("fcntl", path, errno);
  };
  set_flags(flags & ~(O_APPEND | O_DIRECT));
  set_up_file(descriptor.get(), path, content, workload);
  set_flags(flags);
  return descriptor.release();
}

void open_files(const Trial& trial, Files& files, Files& scratch_files) {
  const Contract& contract = trial.strategy.contract;
  const Access access = access_of(trial.strategy, trial.parameters);
  const Syscalls syscalls = trial.stages ? counting_writes(trial.syscalls) : trial.syscalls;
  const Content& content = trial.content;
  const std::vector<std::string>& paths = trial.files.paths();
  const NumberedLines no_lines(0);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const StridedShare share(content, static_cast<unsigned>(i), static_cast<unsigned>(paths.size()));
    const Content& content_of_file = contract.order == Order::kNothing ? static_cast<const Content&>(no_lines) : share;
    files.add(paths[i], open_set_up(trial.files, i, access, content_of_file, trial.workload),
              trial.parameters.durability, syscalls, access,
              trial.ledger != nullptr ? trial.ledger->file_observer(i) : nullptr);
  }
  // What is in them is no result, so nothing asks whether it is durable.
  for (std::size_t i = 0; i < trial.files.scratch_paths().size(); ++i) {
    scratch_files.add(trial.files.scratch_paths()[i], trial.files.open_scratch(i), Durability{}, syscalls,
                      Access{.read = true});
  }
}

void run_recorded(const Trial& trial, Record& record, StagesOfTrial* stages) {
  const StopDetector stops;
  try {
    const Affinity affinity(trial.parameters);
    Files files(trial.files.paths().size());
    Files scratch_files(trial.files.scratch_paths().size());
    record.begin(Phase::kSetUp);
    // No trial starts while another's work is under way. Earlier files are gone, and with them their dirty pages; this
    // waits for the rest, which is the journal's.
    open_files(trial, files, scratch_files);
    record.begin(Phase::kSettle);
    const Clock::time_point settling = Clock::now();
    if (trial.ledger == nullptr) {
      until_done([&] { return ::syncfs(files.all().front()->descriptor()); });  // an error may be that of another file
    }
    if (trial.workload.cold_caches) drop_caches();
    record.settle_ns = since(settling);
    measure(trial, files.all(), scratch_files.all(), stops, record, stages);
    for (const File* const file : files.all()) {
      record.syncs += file->syncs();
      record.copy_refused = record.copy_refused || file->copy_refused();
    }
    record.phase = Phase::kDone;
  } catch (const Unsupported& unsupported) {
    record.note(Phase::kUnsupported, unsupported.what());
  } catch (const std::bad_alloc&) {
    record.note_error("out of memory");
  } catch (const std::exception& error) {
    record.note_error(error.what());
  } catch (...) {
    record.note_error("an exception that is not a std::exception");
  }
}

[[noreturn]] void run_child(const Trial& trial, Record& record, StagesOfTrial* stages, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);  // the parent died before it could be watched
  use_signals_of_child();
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  fill_page_tables();
  run_recorded(trial, record, stages);
  ::_exit(0);
}

// The time that is left for the part of the trial that is under way. Neither a stop of this process counts, nor the
// time until a part has been seen.
class Deadline {
 public:
  Deadline(const Record& record, nanoseconds timeout) : record_(record), timeout_(timeout) {}

  /// To be called about ten times a second.
  bool has_passed() {
    const Clock::time_point now = running_now();
    const int part = record_.timed_parts;
    if (part != part_) began_ = now;
    part_ = part;
    return now - began_ > timeout_;
  }

 private:
  const Record& record_;
  const nanoseconds timeout_;
  int part_ = 0;
  Clock::time_point began_ = running_now();
};

TrialUnderWay seen_from_outside(const Record& record, pid_t process) {
  TrialUnderWay trial{.process = process, .running = {}};
  const std::int64_t clock_on_ns = record.clock_on_ns;
  if (clock_on_ns == 0 || record.phase != Phase::kRun) return trial;
  trial.running = Clock::now().time_since_epoch() - std::chrono::nanoseconds(clock_on_ns);
  trial.written_before = record.written_before;
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
      if (record.submits) sample.submission_ns = record.submission_ns;
      if (record.kernel_workers >= 0) sample.kernel_workers = record.kernel_workers;
      sample.cost = record.cost;
      sample.copy_refused = record.copy_refused;
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

Sample to_sample(const Record& record, const std::optional<int>& wait_status) {
  Sample sample = to_sample(record);
  if (!wait_status || !WIFSIGNALED(*wait_status)) return sample;
  const int status = *wait_status;
  sample = {};
  sample.outcome = Outcome::kFailed;
  const char* const name = ::sigabbrev_np(WTERMSIG(status));
  sample.detail = "killed by signal " + std::to_string(WTERMSIG(status)) +
                  (name ? " (SIG" + std::string(name) + ")" : "") + " " + std::string(name_of(record.phase));
  return sample;
}

// Ends the trial.
Sample timed_out(const Trial& trial, const Record& record, ChildProcess& child) {
  Sample sample;
  sample.outcome = Outcome::kTimeout;
  sample.detail = "killed " + std::string(name_of(record.phase)) + " after " +
                  std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(trial.timeout).count()) + " ms";
  if (!child.kill(ChildProcess::kPatience)) {
    sample.detail += "; its process " + std::to_string(child.id()) + " hangs in the kernel and does not end";
  }
  return sample;
}

TrialResult result_of(const Record& record, const StagesOfTrial* stages, Sample sample) {
  if (sample.outcome != Outcome::kOk) return {std::move(sample), {}, {}, 0};
  TrialResult result{std::move(sample), record.caller_stall.distribution(), record.loop_lag.distribution(),
                     record.syncs, record.pace_late.distribution()};
  result.stopped = record.stopped;
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
    system_pace_clock().reading_takes();
    unthrottled_cpus();
  }
  if (trial.in_process) {
    const InLibrary strategy("a strategy in this process");
    run_recorded(trial, record, stages);
    return result_of(record, stages, to_sample(record));
  }

  const pid_t parent = ::getpid();
  keep_wait_statuses();
  ChildProcess child([&] { run_child(trial, record, stages, parent); });
  Deadline deadline(record, trial.timeout);
  while (!child.ended_within(kTick)) {
    if (waiting && !waiting(seen_from_outside(record, child.id()))) {
      child.kill(ChildProcess::kLittlePatience);
      end_orphans();
      return std::nullopt;
    }
    if (deadline.has_passed()) {
      const Sample sample = timed_out(trial, record, child);
      end_orphans();
      return TrialResult{sample, {}, {}, 0};
    }
  }
  const std::optional<int> status = child.wait_status();
  end_orphans();
  const bool by_signal = status && WIFSIGNALED(*status);
  // A signal to the whole process group has ended both: that is no failure of the strategy.
  if (by_signal && waiting && !waiting(seen_from_outside(record, child.id()))) return std::nullopt;
  TrialResult result = result_of(record, stages, to_sample(record, status));
  result.killed = trial.killed_after && by_signal && WTERMSIG(*status) == SIGKILL;
  return result;
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
