#include "engine/program/program_trial.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "engine/machine/affinity.hpp"
#include "engine/machine/pressure.hpp"
#include "engine/machine/running_clock.hpp"
#include "engine/process/process_tree.hpp"
#include "engine/process/signals.hpp"
#include "engine/program/dialogue.hpp"
#include "engine/program/sync_calls.hpp"
#include "engine/program/tree_cost.hpp"
#include "engine/statistics.hpp"
#include "engine/until_done.hpp"

namespace writebench::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Clock = std::chrono::steady_clock;
using OrderedJson = nlohmann::ordered_json;
using Event = Dialogue::Event;

constexpr milliseconds kTick{100};
constexpr std::uint64_t kSpareBytes = 64 << 20;  // what a program may write beyond twice its lines before it is stopped

// What ends a trial before its time.
struct Fault {
  Outcome outcome;
  std::string detail;
};
struct GivenUp {};

[[noreturn]] void fail(std::string detail) { throw Fault{Outcome::kFailed, std::move(detail)}; }

// What the program has said, as it can stand in a message.
std::string shown_text(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string shown;
  for (const char c : text.substr(0, kMost)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20 || byte > 0x7e ? '?' : c;
  }
  return "'" + shown + (text.size() > kMost ? "…'" : "'");
}

std::string end_text(int status) {
  if (WIFSIGNALED(status)) return "was ended by " + name_of_signal(WTERMSIG(status));
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

std::string_view word_of(const Durability& durability) {
  switch (durability.kind) {
    case Durability::Kind::kNone: return "none";
    case Durability::Kind::kClose: return "close";
    case Durability::Kind::kBytes: return "bytes";
    case Durability::Kind::kLine: return "line";
  }
  return "";
}

std::string job_text(const ProgramTrial& trial) {
  const Parameters& parameters = trial.parameters;
  const Workload& workload = trial.workload;
  OrderedJson options = OrderedJson::object();
  for (const Option* const option : trial.program.declaration().options) {
    const OptionValue* const value = parameters.find(option->name);
    if (value == nullptr) continue;
    options[value->name] = value->kind == Option::Kind::kWord ? OrderedJson(value->word) : OrderedJson(value->number);
  }
  const std::uint64_t lines = trial.content.lines();
  const OptionValue* const writers = parameters.find(kWriters.name);
  const OrderedJson job{{"writebench", 1},
                        {"paths", trial.paths},
                        {"lines", lines},
                        {"bytes", trial.content.offset_bytes(lines)},
                        {"lines_from", trial.lines_path.empty() ? "counter" : "file"},
                        {"lines_file", trial.lines_path.empty() ? OrderedJson(nullptr) : OrderedJson(trial.lines_path)},
                        {"writers", writers != nullptr ? writers->number : 1},
                        {"durability", word_of(parameters.durability)},
                        {"durability_bytes", parameters.durability.interval_bytes},
                        {"options", options},
                        {"think_ns", workload.pace.think.count()},
                        {"lines_per_second", workload.pace.lines_per_second},
                        {"burst_lines", workload.pace.burst_lines},
                        {"file", to_string(workload.file_state)},
                        {"preallocate", to_string(workload.preallocation)},
                        {"observe", trial.observe}};
  return job.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

// The seconds that are left of a part of the trial. Time in which this process is stopped does not count.
class Deadline {
 public:
  explicit Deadline(nanoseconds timeout) : timeout_(timeout), began_(running_now()) {}
  bool has_passed() const { return running_now() - began_ > timeout_; }

 private:
  const nanoseconds timeout_;
  const Clock::time_point began_;
};

// The bytes of a file's pages in the cache that are not on its device (cachestat(2), Linux 6.5).
std::optional<std::int64_t> unsynced_bytes(int descriptor) {
#ifdef SYS_cachestat
  constexpr long kCachestat = SYS_cachestat;
#else
  constexpr long kCachestat = 451;
#endif
  struct {
    std::uint64_t offset = 0, length = 0;  // to the end
  } range;
  struct {
    std::uint64_t cached, dirty, writeback, evicted, recently_evicted;
  } pages{};
  if (::syscall(kCachestat, descriptor, &range, &pages, 0) != 0) return std::nullopt;
  return static_cast<std::int64_t>(pages.dirty + pages.writeback) * ::sysconf(_SC_PAGESIZE);
}

const char* name_in(const std::string& path) { return path.c_str() + path.rfind('/') + 1; }

// The files of a program, as they are at one moment.
struct SeenFiles {
  std::vector<OwnedDescriptor> descriptors;
  std::vector<struct stat> statuses;
};

class ProgramFiles {
 public:
  ProgramFiles(const Scratch& scratch, const std::vector<std::string>& paths) : scratch_(scratch), paths_(paths) {}

  // The bytes under the paths, without an error for what is not there.
  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const std::string& path : paths_) {
      struct stat status {};
      if (::fstatat(scratch_.descriptor(), name_in(path), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
      sum += static_cast<std::uint64_t>(status.st_size);
    }
    return sum;
  }

  // Opens each, as it is when the program says that it is done.
  SeenFiles open() const {
    SeenFiles seen;
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      const struct stat status = regular_file(i);
      OwnedDescriptor descriptor(until_done([&] {
        return ::openat(scratch_.descriptor(), name_in(paths_[i]), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
      }));
      if (descriptor.get() < 0) throw IoError("open", paths_[i], errno);
      seen.descriptors.push_back(std::move(descriptor));
      seen.statuses.push_back(status);
    }
    return seen;
  }

  // Nothing may have changed since.
  void must_be_as(const SeenFiles& seen) const {
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      const struct stat now = regular_file(i);
      const struct stat& then = seen.statuses[i];
      if (now.st_ino != then.st_ino || now.st_dev != then.st_dev) {
        fail(name_of(i) + " was replaced after the program had said `done`");
      }
      if (now.st_size != then.st_size) {
        fail(name_of(i) + " went from " + std::to_string(then.st_size) + " to " + std::to_string(now.st_size) +
             " bytes after the program had said `done`");
      }
      if (now.st_mtim.tv_sec != then.st_mtim.tv_sec || now.st_mtim.tv_nsec != then.st_mtim.tv_nsec) {
        fail(name_of(i) + " was written to after the program had said `done`");
      }
    }
  }

  // Nothing else may be beside them.
  void must_be_alone() const {
    const std::vector<std::string> others = scratch_.foreign();
    if (others.empty()) return;
    fail("the program wrote elsewhere in the scratch directory: " + shown_text(others.front()) +
         (others.size() > 1 ? " and " + std::to_string(others.size() - 1) + " more" : ""));
  }

 private:
  std::string name_of(std::size_t i) const { return paths_.size() == 1 ? "its file" : "its file " + std::to_string(i); }

  struct stat regular_file(std::size_t i) const {
    struct stat status {};
    if (::fstatat(scratch_.descriptor(), name_in(paths_[i]), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) fail(name_of(i) + " is not there");
      throw IoError("stat", paths_[i], errno);
    }
    if (S_ISLNK(status.st_mode)) fail("there is a symbolic link where " + name_of(i) + " should be");
    if (!S_ISREG(status.st_mode)) fail("what is where " + name_of(i) + " should be is not a regular file");
    return status;
  }

  const Scratch& scratch_;
  const std::vector<std::string>& paths_;
};

// The appends of a program that has timed them itself, from its percentiles: a duration stands for all between it and
// the next one below.
Distribution stalls_in(const std::string& text) {
  const OrderedJson json = OrderedJson::parse(text, nullptr, false);
  const auto stall_number = [&](const char* key) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_number_unsigned()) {
      fail(
          "its line of stalls is not like {\"count\": N, \"p50_ns\": N, \"p90_ns\": N, \"p99_ns\": N, \"p999_ns\": "
          "N, \"max_ns\": N}");
    }
    return json[key].get<std::uint64_t>();
  };
  Distribution stalls;
  stalls.count = stall_number("count");
  constexpr std::pair<const char*, double> kPercentiles[] = {
      {"p50_ns", 0.5}, {"p90_ns", 0.9}, {"p99_ns", 0.99}, {"p999_ns", 0.999}, {"max_ns", 1}};
  std::uint64_t below = 0;
  for (const auto& [key, quantile] : kPercentiles) {
    const auto ns = static_cast<std::int64_t>(std::min<std::uint64_t>(stall_number(key), INT64_MAX));
    if (ns < stalls.max_ns) fail("its stalls are not in order");
    stalls.max_ns = ns;
    const auto up_to = static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(stalls.count)));
    if (up_to <= below) continue;
    if (!stalls.buckets.empty() && stalls.buckets.back().high_ns == ns) {
      stalls.buckets.back().count += up_to - below;
    } else {
      stalls.buckets.push_back({ns, ns, up_to - below});
    }
    below = up_to;
  }
  return stalls;
}

class Conversation {
 public:
  Conversation(const ProgramTrial& trial, const std::function<bool(const TrialUnderWay&)>& waiting)
      : trial_(trial), waiting_(waiting), files_(trial.scratch, trial.paths) {}

  std::optional<ProgramTrialResult> result() {
    const Clock::time_point starting = Clock::now();
    {
      const Affinity affinity(trial_.parameters);
      dialogue_.emplace(trial_.program.command(), Dialogue::Input::kPipe);
    }
    ProgramTrialResult whole;
    Sample& sample = whole.result.sample;
    sample.outcome = Outcome::kOk;
    try {
      start(starting, sample);
      const TreeReading before = prepare_clock();
      const SeenFiles seen = run(whole.result);
      const TreeReading after = read_tree(guard());
      const Pressure pressure_after = read_pressure();
      check_syncs(seen, whole.result);
      dialogue_->close_input();
      const GuardedProcess::Ended end = wait_for_end();
      const auto life_ns = static_cast<double>(end.user_ns + end.system_ns);
      sample.cost = cost_between(before, after, life_ns > 0 ? static_cast<double>(end.system_ns) / life_ns : 0);
      put_pressures(pressure_after, sample.interference);
      if (!WIFEXITED(end.status) || WEXITSTATUS(end.status) != 0) fail("it " + end_text(end.status) + " after `done`");
      if (end.outlived > 0) {
        fail("it left " + std::to_string(end.outlived) + (end.outlived == 1 ? " process" : " processes") +
             " running when it ended");
      }
      files_.must_be_as(seen);
      files_.must_be_alone();
      for (const OwnedDescriptor& descriptor : seen.descriptors) {
        whole.files.emplace_back(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, 0));
      }
    } catch (const GivenUp&) {
      end_it();
      return std::nullopt;
    } catch (const Fault& fault) {
      end_it();
      Sample failed;
      failed.outcome = fault.outcome;
      failed.detail = fault.detail;
      if (const std::string words = dialogue_->last_words(); !words.empty()) failed.detail += "; stderr: " + words;
      if (!left_.empty()) {
        failed.detail += "; its process " + std::to_string(left_.front()) + " hangs in the kernel and does not end";
      }
      whole = {};
      whole.result.sample = std::move(failed);
    }
    return whole;
  }

 private:
  pid_t guard() { return dialogue_->process().guard(); }

  void end_it() {
    if (!ended_) left_ = dialogue_->killed().left;
    ended_ = true;
  }

  // The next event that is not `nothing`, in a part of the trial that is described by `waiting_for`.
  Event next(const Deadline& deadline, const std::string& waiting_for) {
    for (;;) {
      const Event event = dialogue_->wait(kTick);
      look_at_the_size();
      if (event != Event::kNothing) return event;
      if (waiting_ && !waiting_(seen_from_outside())) throw GivenUp{};
      if (!deadline.has_passed()) continue;
      throw Fault{Outcome::kTimeout, "killed after " +
                                         std::to_string(std::chrono::duration_cast<milliseconds>(timeout_).count()) +
                                         " ms, while waiting for " + waiting_for};
    }
  }

  // The next line of a program that has more to say.
  std::string next_line(const Deadline& deadline, const std::string& waiting_for) {
    switch (next(deadline, waiting_for)) {
      case Event::kLine: return dialogue_->line();
      case Event::kTooLong: fail("it printed 64 KiB without a newline instead of " + waiting_for);
      case Event::kFlood: fail("it printed more than 64 MiB on stderr");
      case Event::kEndOfOutput: {
        // Usually that is its end.
        const Deadline soon(std::chrono::seconds(1));
        while (!soon.has_passed()) {
          if (dialogue_->wait(milliseconds(20)) == Event::kEnd) ended_before(waiting_for);
        }
        fail("it closed its stdout before " + waiting_for);
      }
      case Event::kEnd: ended_before(waiting_for);
      case Event::kNothing: break;
    }
    return {};
  }

  [[noreturn]] void ended_before(const std::string& waiting_for) {
    const GuardedProcess::Ended end = dialogue_->ended();
    ended_ = true;
    fail("it " + end_text(end.status) + " before " + waiting_for);
  }

  // About ten times a second, so that no program fills the disk.
  void look_at_the_size() {
    const Clock::time_point now = Clock::now();
    if (now - looked_ < kTick) return;
    looked_ = now;
    const std::uint64_t wanted = trial_.content.offset_bytes(trial_.content.lines());
    const std::uint64_t used = trial_.scratch.used_bytes();
    if (used > used_before_ + 2 * wanted + kSpareBytes) {
      fail("killed because it had written " + std::to_string(used - used_before_) + " bytes where " +
           std::to_string(wanted) + " belong");
    }
  }

  TrialUnderWay seen_from_outside() {
    TrialUnderWay under_way{.process = dialogue_->process().program(), .running = {}};
    if (clock_on_) under_way.running = Clock::now() - *clock_on_;
    return under_way;
  }

  // Until it is ready.
  void start(Clock::time_point starting, Sample& sample) {
    const Deadline deadline(trial_.timeout);
    timeout_ = trial_.timeout;
    dialogue_->send(job_text(trial_));
    std::string line = next_line(deadline, "`declare`");
    if (!line.starts_with("declare ")) out_of_turn(line, "`declare`");
    const Clock::time_point started = dialogue_->heard_at();
    sample.start_ns = nanoseconds(started - starting).count();
    line = next_line(deadline, "`ready`");
    if (line != "ready") out_of_turn(line, "`ready`");
    sample.prepare_ns = nanoseconds(dialogue_->heard_at() - started).count();
    if (dialogue_->input_is_closed()) fail("it closed its stdin before it had read its job");
    if (dialogue_->is_unread()) fail("it said `ready` before it had read its job");
  }

  [[noreturn]] void out_of_turn(const std::string& line, const std::string& expected) {
    fail("it said " + shown_text(line) + " before " + expected);
  }

  // The last steps before the clock.
  TreeReading prepare_clock() {
    const bool is_new = trial_.workload.file_state == FileState::kNew;
    if (is_new && trial_.workload.preallocation == Preallocation::kNone) {
      if (const std::uint64_t bytes = files_.bytes(); bytes > 0) {
        fail("it had written " + std::to_string(bytes) + " bytes before `go`");
      }
    }
    if (trial_.observe && trial_.parameters.durability.kind != Durability::Kind::kNone) sync_calls_.emplace(guard());
    reset_peaks(guard());
    pressure_before_ = read_pressure();
    const TreeReading reading = read_tree(guard());
    // What it said while this was read came before `go`.
    const Event event = dialogue_->wait(milliseconds(0));
    if (event == Event::kLine) out_of_turn(dialogue_->line(), "`go`");
    if (event == Event::kEnd) ended_before("`go`");
    return reading;
  }

  // From `go` to `done`.
  SeenFiles run(TrialResult& result) {
    Sample& sample = result.sample;
    const Deadline deadline(trial_.timeout);
    const Clock::time_point running_start = running_now();
    const Clock::time_point start = Clock::now();
    clock_on_ = start;
    dialogue_->send("go\n");
    for (;;) {
      const std::string line = next_line(deadline, "`done`");
      const std::int64_t at_ns = nanoseconds(dialogue_->heard_at() - start).count();
      if (line == "done") {
        sample.drained_ns = at_ns;
        if (!sample.submitted_ns) sample.submitted_ns = at_ns;
        break;
      }
      if (line == "submitted" && !sample.submitted_ns) {
        sample.submitted_ns = at_ns;
      } else if (line.starts_with("stalls ") && result.caller_stall.count == 0) {
        result.caller_stall = stalls_in(line.substr(7));
      } else {
        out_of_turn(line, "`done`");
      }
    }
    if (trial_.parameters.durability.kind != Durability::Kind::kNone) sample.durable_ns = sample.drained_ns;
    if (!trial_.observe) result.caller_stall = {};
    // A stop of this process is one of the clock's reader.
    result.stopped = (Clock::now() - start) - (running_now() - running_start) > milliseconds(1);
    clock_on_.reset();
    if (dialogue_->input_is_closed()) fail("it closed its stdin before it had read `go`");
    if (dialogue_->is_unread()) fail("it said `done` before it had read `go`");
    return files_.open();
  }

  // The sync is the program's claim. This can refute it: what the kernel still holds is not on the device, and who
  // syncs by calls must make enough of them. Who makes none may sync in another way.
  void check_syncs(const SeenFiles& seen, TrialResult& result) {
    Sample& sample = result.sample;
    if (trial_.parameters.durability.kind == Durability::Kind::kNone) return;
    const std::uint64_t wanted = wanted_syncs();
    const std::uint64_t seen_syncs = sync_calls_ ? sync_calls_->count().value_or(0) : 0;
    if (seen_syncs > 0 && seen_syncs < wanted) {
      fail("it synced " + std::to_string(seen_syncs) + " times where its durability asks for " +
           std::to_string(wanted));
    }
    result.syncs = std::max(seen_syncs, wanted);
    std::int64_t sum = 0;
    for (const OwnedDescriptor& descriptor : seen.descriptors) {
      const std::optional<std::int64_t> bytes = unsynced_bytes(descriptor.get());
      if (!bytes) return;
      sum += *bytes;
    }
    if (sum > 0) fail("it said `done` with " + std::to_string(sum) + " bytes not on the device");
    sample.unsynced_bytes = sum;
  }

  // So many at least; several writers may share one.
  std::uint64_t wanted_syncs() const {
    const std::uint64_t lines = trial_.content.lines();
    const Durability& durability = trial_.parameters.durability;
    if (durability.kind == Durability::Kind::kBytes) {
      return trial_.content.offset_bytes(lines) / std::max<std::uint64_t>(1, durability.interval_bytes);
    }
    const OptionValue* const writers = trial_.parameters.find(kWriters.name);
    const bool one_writer = writers == nullptr || writers->number == 1;
    return durability.kind == Durability::Kind::kLine && one_writer ? lines : std::min<std::uint64_t>(1, lines);
  }

  GuardedProcess::Ended wait_for_end() {
    timeout_ = std::min<nanoseconds>(trial_.timeout, kProgramEnd);
    const Deadline deadline(timeout_);
    for (;;) {
      switch (next(deadline, "its end after `done`")) {
        case Event::kLine: fail("it said " + shown_text(dialogue_->line()) + " after `done`");
        case Event::kTooLong: fail("it printed 64 KiB without a newline after `done`");
        case Event::kFlood: fail("it printed more than 64 MiB on stderr");
        case Event::kEnd: {
          ended_ = true;
          return dialogue_->ended();
        }
        default: break;
      }
    }
  }

  void put_pressures(const Pressure& after, Interference& interference) const {
    const auto minus = [](const std::optional<std::int64_t>& later, const std::optional<std::int64_t>& earlier) {
      return later && earlier ? std::optional(*later - *earlier) : std::nullopt;
    };
    interference.cpu_pressure_ns = minus(after.cpu_ns, pressure_before_.cpu_ns);
    interference.io_pressure_ns = minus(after.io_ns, pressure_before_.io_ns);
    interference.memory_pressure_ns = minus(after.memory_ns, pressure_before_.memory_ns);
  }

  const ProgramTrial& trial_;
  const std::function<bool(const TrialUnderWay&)>& waiting_;
  const ProgramFiles files_;
  std::optional<Dialogue> dialogue_;
  nanoseconds timeout_{0};  // of the current part
  std::optional<Clock::time_point> clock_on_;
  const std::uint64_t used_before_ = trial_.scratch.used_bytes();
  Clock::time_point looked_ = Clock::now();
  Pressure pressure_before_;
  std::optional<SyncCalls> sync_calls_;
  bool ended_ = false;
  std::vector<pid_t> left_;
};

}  // namespace

std::optional<ProgramTrialResult> run_program_trial(const ProgramTrial& trial,
                                                    const std::function<bool(const TrialUnderWay&)>& waiting) {
  return Conversation(trial, waiting).result();
}

std::optional<std::string> ask_program(const std::vector<std::string>& command, nanoseconds timeout,
                                       const std::function<bool()>& waiting) {
  Dialogue dialogue(command, Dialogue::Input::kEmpty);
  const Deadline deadline(timeout);
  const auto refuse = [&](std::string problem) {
    if (const std::string words = dialogue.last_words(); !words.empty()) problem += "; stderr: " + words;
    throw BadDeclaration(problem);
  };
  for (;;) {
    switch (dialogue.wait(kTick)) {
      case Event::kLine: {
        const std::string line = dialogue.line();
        dialogue.killed();
        if (!line.starts_with("declare ")) refuse("its first line is " + shown_text(line) + ", not `declare {…}`");
        return line.substr(8);
      }
      case Event::kTooLong: refuse("it prints 64 KiB without a newline"); break;
      case Event::kEnd: {
        const GuardedProcess::Ended end = dialogue.ended();
        refuse("it " + end_text(end.status) + " without a line of `declare {…}`");
        break;
      }
      default:
        if (waiting && !waiting()) return std::nullopt;
        if (deadline.has_passed()) {
          dialogue.killed();
          refuse("it has not said `declare {…}` within " +
                 std::to_string(std::chrono::duration_cast<milliseconds>(timeout).count()) + " ms");
        }
    }
  }
}

std::optional<double> protocol_cost_ns(const std::vector<std::string>& command) {
  constexpr int kTrials = 11;
  constexpr std::chrono::seconds kTimeout{5};
  std::vector<double> times;
  try {
    for (int i = 0; i < kTrials; ++i) {
      Dialogue dialogue(command, Dialogue::Input::kPipe);
      const Deadline deadline(kTimeout);
      const auto says = [&](std::string_view beginning) {
        for (;;) {
          const Event event = dialogue.wait(kTick);
          if (event == Event::kLine) return dialogue.line().starts_with(beginning);
          if (event != Event::kNothing || deadline.has_passed()) return false;
        }
      };
      dialogue.send("{}\n");
      if (!says("declare ") || !says("ready")) return std::nullopt;
      read_tree(dialogue.process().guard());  // as before each trial, so that both processes are in the same state
      const Clock::time_point start = Clock::now();
      dialogue.send("go\n");
      if (!says("done")) return std::nullopt;
      times.push_back(static_cast<double>(nanoseconds(dialogue.heard_at() - start).count()));
    }
  } catch (const std::system_error&) {
    return std::nullopt;
  }
  return median(times);
}

}  // namespace writebench::engine
