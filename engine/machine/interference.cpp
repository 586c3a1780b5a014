#include "engine/machine/interference.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <utility>

namespace writebench::engine {
namespace {

using std::chrono::steady_clock;
constexpr std::int64_t kWindowNs = 250'000'000;

// A trial counts as disturbed above these shares of the window, or amounts.
constexpr double kStolenShare = 0.02;     // of one processor
constexpr double kOtherLoadShare = 0.25;  // of one processor
constexpr double kMemoryPressureShare = 0.05;
constexpr std::int64_t kWritebackBytes = 4 << 20;
constexpr double kOtherDeviceBytesPerSecond = 8 << 20;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

// The fields of /proc/stat from 1 on: user nice system idle iowait irq softirq steal.
void read_processors(SystemReading& reading) {
  std::ifstream file("/proc/stat");
  std::string name;
  std::int64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
  if (!(file >> name >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal) || name != "cpu") return;
  const std::int64_t tick_ns = 1'000'000'000 / std::max(1l, ::sysconf(_SC_CLK_TCK));
  reading.busy_ns = (user + nice + system + irq + softirq) * tick_ns;
  reading.stolen_ns = steal * tick_ns;
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

// The sectors written are the seventh number after the name (Documentation/admin-guide/iostats.rst); each has 512
// bytes.
std::optional<std::int64_t> device_bytes(const std::string& device) {
  std::ifstream file("/proc/diskstats");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string major_number, minor_number, name;
    std::int64_t reads, reads_merged, read_sectors, read_ms, writes, writes_merged, written_sectors;
    if (!(fields >> major_number >> minor_number >> name >> reads >> reads_merged >> read_sectors >> read_ms >>
          writes >> writes_merged >> written_sectors)) {
      continue;
    }
    if (major_number + ":" + minor_number == device) return written_sectors * 512;
  }
  return std::nullopt;
}

// The bytes that the process has given to write(2) and its family so far (proc(5), io).
std::optional<std::int64_t> written_bytes(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/io");
  std::string name;
  for (std::int64_t number = 0; file >> name >> number;) {
    if (name == "wchar:") return number;
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

}  // namespace

InterferenceMonitor::InterferenceMonitor(const std::string& directory, WaitChannels channels)
    : wait_channels_(std::move(channels)) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0 || major(status.st_dev) == 0) return;  // 0: no block device behind it
  device_ = std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev));
}

SystemReading InterferenceMonitor::read() const {
  SystemReading reading;
  reading.at_ns = now_ns();
  reading.own_cpu_ns = own_cpu_ns();
  read_processors(reading);
  reading.writeback_bytes = writeback_bytes();
  if (device_) reading.device_bytes = device_bytes(*device_);
  return reading;
}

void InterferenceMonitor::trial_begins() {
  progress_.clear();
  throttled_from_.reset();
  readings_.push_back(read());
  const std::int64_t oldest_needed_ns = readings_.back().at_ns - kWindowNs;
  while (readings_.size() > 1 && readings_[1].at_ns <= oldest_needed_ns) readings_.pop_front();
  while (!own_writes_.empty() && own_writes_.front().first < readings_.front().at_ns) own_writes_.pop_front();
}

void InterferenceMonitor::trial_runs(pid_t process, std::chrono::nanoseconds running,
                                     std::int64_t written_before_bytes) {
  const auto written = written_bytes(process);
  if (!written) return;
  progress_.push_back({running.count(), *written - written_before_bytes});
  if (!throttled_from_ && held_for_dirty_memory(wait_channels_(process))) throttled_from_ = progress_.back();
}

Interference InterferenceMonitor::trial_ended(std::int64_t own_device_bytes) {
  const SystemReading& from = readings_.front();
  const SystemReading to = read();
  own_writes_.emplace_back(to.at_ns, own_device_bytes);
  Interference around;
  around.window_ns = to.at_ns - from.at_ns;
  around.writeback_bytes = readings_.back().writeback_bytes;
  if (to.stolen_ns && from.stolen_ns) around.stolen_ns = *to.stolen_ns - *from.stolen_ns;
  if (to.busy_ns && from.busy_ns) {
    around.other_cpu_ns = std::max<std::int64_t>(0, *to.busy_ns - *from.busy_ns - (to.own_cpu_ns - from.own_cpu_ns));
  }
  if (to.device_bytes && from.device_bytes) {
    std::int64_t others = *to.device_bytes - *from.device_bytes;
    for (const auto& [when, bytes] : own_writes_) others -= bytes;
    around.device_other_bytes = std::max<std::int64_t>(0, others);
  }
  around.slow_down = find_pace_loss(progress_);
  if (throttled_from_) {
    around.throttled_from_bytes = throttled_from_->bytes;
    around.throttled_from_ns = throttled_from_->at_ns;
  }
  return around;
}

std::vector<std::string> disturbances(const Interference& around) {
  std::vector<std::string> causes;
  const double window = static_cast<double>(std::max<std::int64_t>(around.window_ns.value_or(0), 1));
  const auto share = [&](const std::optional<std::int64_t>& ns) {
    return static_cast<double>(ns.value_or(0)) / window;
  };
  // Counting in ticks may be off by two ticks.
  const auto beyond_ticks = [](const std::optional<std::int64_t>& ns) { return ns.value_or(0) > 20'000'000; };
  if (share(around.stolen_ns) > kStolenShare && around.stolen_ns > 10'000'000) causes.push_back("stolen-cpu");
  if (share(around.other_cpu_ns) > kOtherLoadShare && beyond_ticks(around.other_cpu_ns)) causes.push_back("other-load");
  if (around.writeback_bytes.value_or(0) > kWritebackBytes) causes.push_back("writeback");
  if (static_cast<double>(around.device_other_bytes.value_or(0)) / (window * 1e-9) > kOtherDeviceBytesPerSecond &&
      around.device_other_bytes > kWritebackBytes) {
    causes.push_back("disk-load");
  }
  if (share(around.memory_pressure_ns) > kMemoryPressureShare) causes.push_back("memory-pressure");
  return causes;
}

}  // namespace writebench::engine
