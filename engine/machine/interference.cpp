#include "engine/machine/interference.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "engine/machine/control_groups.hpp"

namespace writebench::engine {
namespace {

using std::chrono::steady_clock;
constexpr std::int64_t kWindowNs = 250'000'000;

// A trial counts as disturbed above these shares of the window, or amounts.
constexpr double kStolenShare = 0.02;     // of one processor
constexpr double kOtherLoadShare = 0.25;  // of one processor
constexpr double kMemoryPressureShare = 0.05;
constexpr std::int64_t kTickNs = 10'000'000;  // in which the kernel counts processor time
constexpr std::int64_t kWritebackBytes = 4 << 20;
constexpr double kOtherDeviceBytesPerSecond = 8 << 20;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

// The fields of /proc/stat from 1 on: user nice system idle iowait irq softirq steal.
void read_processors(SystemReading& reading) {
  std::ifstream file("/proc/stat");
  std::string name;
  std::uint64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
  if (!(file >> name >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal) || name != "cpu") return;
  const std::int64_t tick_ns = 1'000'000'000 / std::max(1l, ::sysconf(_SC_CLK_TCK));
  const auto as_ns = [&](std::uint64_t ticks) {
    std::int64_t ns = 0;
    return __builtin_mul_overflow(ticks, tick_ns, &ns) ? std::nullopt : std::optional(ns);
  };
  reading.busy_ns = as_ns(user + nice + system + irq + softirq);
  reading.stolen_ns = as_ns(steal);
}

std::optional<std::int64_t> writeback_bytes() {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("Writeback:")) continue;
    std::int64_t kibibytes = -1;
    std::int64_t bytes = 0;
    std::istringstream(line.substr(10)) >> kibibytes;
    return kibibytes >= 0 && !__builtin_mul_overflow(kibibytes, 1024, &bytes) ? std::optional(bytes) : std::nullopt;
  }
  return std::nullopt;
}

// The bytes that the process has written so far (proc(5), io).
std::optional<std::int64_t> written_bytes(pid_t process, WriteCounter counter) {
  const std::string_view wanted = counter == WriteCounter::kWritten ? "wchar:" : "write_bytes:";
  std::ifstream file("/proc/" + std::to_string(process) + "/io");
  std::string name;
  for (std::int64_t number = 0; file >> name >> number;) {
    if (name == wanted) return number;
  }
  return std::nullopt;
}

std::int64_t own_cpu_ns() {
  std::int64_t ns = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    ::getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime})
      ns += time.tv_sec * 1'000'000'000 + time.tv_usec * 1000;
  }
  return ns;
}

SystemReading read_system(const std::optional<std::string>& device, const ControlGroups& groups) {
  SystemReading reading;
  reading.at_ns = now_ns();
  reading.own_cpu_ns = own_cpu_ns();
  reading.requested = requested_bytes();
  read_processors(reading);
  reading.writeback_bytes = writeback_bytes();
  reading.throttlings = groups.throttlings();
  if (device) reading.device_bytes = bytes_written_to(*device);
  return reading;
}

template <class T>
std::optional<T> increase(const std::optional<T>& from, const std::optional<T>& to) {
  return from && to ? std::optional(*to - *from) : std::nullopt;
}

// A cause, and whether an interference shows it in its window of that many nanoseconds.
struct Cause {
  std::string_view name;
  bool (*shows)(const Interference& around, double window_ns);
};

double share(const std::optional<std::int64_t>& ns, double window_ns) {
  return static_cast<double>(ns.value_or(0)) / window_ns;
}

constexpr Cause kCauses[] = {
    {"stolen-cpu",
     [](const Interference& around, double window_ns) {
       return share(around.stolen_ns, window_ns) > kStolenShare && around.stolen_ns > kTickNs;
     }},
    {"cpu-quota", [](const Interference& around, double) { return around.throttlings.value_or(0) > 0; }},
    {"other-load",
     [](const Interference& around, double window_ns) {  // counting in ticks may be off by two
       return share(around.other_cpu_ns, window_ns) > kOtherLoadShare && around.other_cpu_ns > 2 * kTickNs;
     }},
    {"writeback",
     [](const Interference& around, double) { return around.writeback_bytes.value_or(0) > kWritebackBytes; }},
    {"disk-load",
     [](const Interference& around, double window_ns) {
       return share(around.device_other_bytes, window_ns) * 1e9 > kOtherDeviceBytesPerSecond &&
              around.device_other_bytes > kWritebackBytes;
     }},
    {"memory-pressure",
     [](const Interference& around, double window_ns) {
       return share(around.memory_pressure_ns, window_ns) > kMemoryPressureShare;
     }},
    {"stopped", [](const Interference& around, double) { return around.stopped_attempts >= kMostAttempts; }},
};

}  // namespace

InterferenceMonitor::InterferenceMonitor(const std::string& directory, OwnWrites own)
    : InterferenceMonitor({.system = [device = device_number_of(directory),
                                      groups = ControlGroups()] { return read_system(device, groups); }},
                          own) {}

InterferenceMonitor::InterferenceMonitor(Sources sources, OwnWrites own) : sources_(std::move(sources)), own_(own) {}

void InterferenceMonitor::trial_begins() {
  progress_.clear();
  throttled_from_.reset();
  readings_.push_back({sources_.system(), own_bytes_});
  const std::int64_t oldest_needed_ns = readings_.back().system.at_ns - kWindowNs;
  while (readings_.size() > 1 && readings_[1].system.at_ns <= oldest_needed_ns) readings_.pop_front();
}

void InterferenceMonitor::trial_runs(pid_t process, std::chrono::nanoseconds running, const WrittenBefore& before) {
  const auto written = written_bytes(process, before.counter);
  if (!written) return;
  progress_.push_back({running.count(), *written - before.bytes});
  if (!throttled_from_ && held_for_dirty_memory(sources_.wait_channels(process))) throttled_from_ = progress_.back();
}

void InterferenceMonitor::trial_ended(std::uint64_t syncs) {
  own_bytes_ += own_.bytes_per_trial + static_cast<std::int64_t>(syncs) * own_.bytes_per_sync;
  ended_ = {sources_.system(), own_bytes_};
}

Interference InterferenceMonitor::of_last_trial() const {
  const SystemReading& from = readings_.front().system;
  const SystemReading& begin = readings_.back().system;
  const SystemReading& to = ended_.system;
  const auto at_least_0 = [](std::int64_t number) { return std::max<std::int64_t>(0, number); };
  // Of what was made dirty in the window, everything is or will be on the device that was not removed before.
  const auto data_bytes = [&](const RequestedBytes& until, std::int64_t cancelled) {
    return at_least_0(until.dirtied - from.requested.dirtied - (cancelled - from.requested.cancelled));
  };
  Interference around;
  around.window_ns = to.at_ns - from.at_ns;
  if (begin.writeback_bytes) {
    const std::int64_t own = data_bytes(begin.requested, begin.requested.cancelled);
    around.writeback_bytes = at_least_0(*begin.writeback_bytes - own);
  }
  around.stolen_ns = increase(from.stolen_ns, to.stolen_ns);
  if (const auto busy_ns = increase(from.busy_ns, to.busy_ns)) {
    around.other_cpu_ns = at_least_0(*busy_ns - (to.own_cpu_ns - from.own_cpu_ns));
  }
  if (const auto device_bytes = increase(from.device_bytes, to.device_bytes)) {
    const std::int64_t own =
        data_bytes(to.requested, sources_.requested().cancelled) + ended_.own_bytes - readings_.front().own_bytes;
    around.device_other_bytes = at_least_0(*device_bytes - own);
  }
  around.throttlings = increase(begin.throttlings, to.throttlings);
  around.slow_down = find_pace_loss(progress_);
  if (throttled_from_) {
    around.throttled_from_bytes = throttled_from_->bytes;
    around.throttled_from_ns = throttled_from_->at_ns;
  }
  return around;
}

std::vector<std::string> disturbances(const Interference& around) {
  const double window_ns = static_cast<double>(std::max<std::int64_t>(around.window_ns.value_or(0), 1));
  std::vector<std::string> causes;
  for (const Cause& cause : kCauses) {
    if (cause.shows(around, window_ns)) causes.emplace_back(cause.name);
  }
  return causes;
}

std::vector<std::string_view> disturbance_causes() {
  std::vector<std::string_view> names;
  for (const Cause& cause : kCauses) names.push_back(cause.name);
  return names;
}

}  // namespace writebench::engine
