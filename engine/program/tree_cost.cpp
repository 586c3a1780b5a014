#include "engine/program/tree_cost.hpp"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/process/process_tree.hpp"

namespace writebench::engine {
namespace {

namespace fs = std::filesystem;
using Value = std::optional<std::int64_t>;

std::string text_in_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return text.str();
}

// The number after `key` at the beginning of a line.
Value number_behind(const std::string& text, std::string_view key) {
  for (std::size_t at = text.find(key); at != text.npos; at = text.find(key, at + 1)) {
    if (at != 0 && text[at - 1] != '\n') continue;
    std::int64_t number = 0;
    return std::istringstream(text.substr(at + key.size())) >> number ? Value(number) : std::nullopt;
  }
  return std::nullopt;
}

void add_to(Value& sum, const Value& value, std::int64_t factor = 1) {
  sum = sum && value ? Value(*sum + factor * *value) : std::nullopt;
}

// clock_getcpuclockid(3) of another process: all its threads, also those that have ended.
Value cpu_of_process(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return std::nullopt;
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

// The fields of /proc/PID/stat from the third on; empty if the process is gone.
std::vector<std::int64_t> stat_of(const std::string& directory) {
  const std::string text = text_in_file(directory + "/stat");
  const std::size_t name_end = text.rfind(')');
  std::vector<std::int64_t> fields;
  if (name_end == text.npos || name_end + 4 > text.size()) return fields;
  fields.push_back(text[name_end + 2]);
  std::istringstream rest(text.substr(name_end + 3));
  for (std::int64_t number = 0; fields.size() < 20 && rest >> number;) fields.push_back(number);
  return fields;
}

void add_switches(TreeReading& reading, const std::string& directory) {
  std::error_code error;
  fs::directory_iterator thread(directory + "/task", error);
  for (; !error && thread != fs::directory_iterator(); thread.increment(error)) {
    const std::string status = text_in_file(thread->path() / "status");
    if (status.empty()) continue;  // it has ended just now
    add_to(reading.voluntary_switches, number_behind(status, "voluntary_ctxt_switches:"));
    add_to(reading.involuntary_switches, number_behind(status, "nonvoluntary_ctxt_switches:"));
  }
}

void add_process(TreeReading& reading, pid_t process) {
  const std::string directory = "/proc/" + std::to_string(process);
  const std::vector<std::int64_t> stat = stat_of(directory);
  if (stat.size() < 15) return;
  static const std::int64_t tick_ns = 1'000'000'000 / std::max(1l, ::sysconf(_SC_CLK_TCK));
  // proc(5) counts from 1: state is 3, minflt 10, cminflt 11, majflt 12, cmajflt 13, utime 14, stime, cutime, cstime.
  add_to(reading.minor_faults, stat[7] + stat[8]);
  add_to(reading.major_faults, stat[9] + stat[10]);
  reading.user_ns += (stat[11] + stat[13]) * tick_ns;
  reading.system_ns += (stat[12] + stat[14]) * tick_ns;
  add_to(reading.cpu_ns, cpu_of_process(process));
  add_to(reading.cpu_ns, (stat[13] + stat[14]) * tick_ns);
  add_switches(reading, directory);
  const std::string io = text_in_file(directory + "/io");
  add_to(reading.read_syscalls, number_behind(io, "syscr:"));
  add_to(reading.write_syscalls, number_behind(io, "syscw:"));
  add_to(reading.written_bytes, number_behind(io, "wchar:"));
  add_to(reading.device_bytes, number_behind(io, "write_bytes:"));
  const std::string status = text_in_file(directory + "/status");
  if (stat[0] == 'Z' || status.find("VmRSS:") == status.npos) return;  // it has no memory
  add_to(reading.resident_bytes, number_behind(status, "VmRSS:"), 1024);
  add_to(reading.peak_resident_bytes, number_behind(status, "VmHWM:"), 1024);
}

// The tree without its root, whose memory is that of the process that it was forked from.
std::vector<pid_t> below(pid_t root) { return descendants_of(root); }

Value increase(const Value& from, const Value& to) {
  return from && to && *to >= *from ? Value(*to - *from) : std::nullopt;
}

}  // namespace

TreeReading read_tree(pid_t root) {
  TreeReading reading;
  for (Value* const sum :
       {&reading.cpu_ns, &reading.minor_faults, &reading.major_faults, &reading.voluntary_switches,
        &reading.involuntary_switches, &reading.read_syscalls, &reading.write_syscalls, &reading.written_bytes,
        &reading.device_bytes, &reading.resident_bytes, &reading.peak_resident_bytes}) {
    *sum = 0;
  }
  const std::vector<pid_t> processes = below(root);
  if (processes.empty()) return {};
  for (const pid_t process : processes) add_process(reading, process);
  return reading;
}

void reset_peaks(pid_t root) {
  for (const pid_t process : below(root)) {
    const std::string path = "/proc/" + std::to_string(process) + "/clear_refs";
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) continue;
    [[maybe_unused]] const ssize_t written = ::write(descriptor, "5", 1);  // proc(5): resets the peak
    ::close(descriptor);
  }
}

Cost cost_between(const TreeReading& from, const TreeReading& to, double system_share) {
  Cost cost;
  if (const Value cpu_ns = increase(from.cpu_ns, to.cpu_ns)) {
    const std::int64_t user_ns = to.user_ns - from.user_ns;
    const std::int64_t system_ns = to.system_ns - from.system_ns;
    const bool told = user_ns >= 0 && system_ns >= 0 && user_ns + system_ns > 0;
    const double share =
        told ? static_cast<double>(system_ns) / static_cast<double>(user_ns + system_ns) : system_share;
    cost.system_cpu_ns = std::clamp<std::int64_t>(std::llround(static_cast<double>(*cpu_ns) * share), 0, *cpu_ns);
    cost.user_cpu_ns = *cpu_ns - *cost.system_cpu_ns;
  }
  cost.minor_faults = increase(from.minor_faults, to.minor_faults);
  cost.major_faults = increase(from.major_faults, to.major_faults);
  cost.voluntary_switches = increase(from.voluntary_switches, to.voluntary_switches);
  cost.involuntary_switches = increase(from.involuntary_switches, to.involuntary_switches);
  cost.read_syscalls = increase(from.read_syscalls, to.read_syscalls);
  cost.write_syscalls = increase(from.write_syscalls, to.write_syscalls);
  cost.written_bytes = increase(from.written_bytes, to.written_bytes);
  cost.device_bytes = increase(from.device_bytes, to.device_bytes);
  cost.peak_rss_bytes = to.peak_resident_bytes;
  if (from.resident_bytes && to.peak_resident_bytes) {
    cost.rss_growth_bytes = std::max<std::int64_t>(0, *to.peak_resident_bytes - *from.resident_bytes);
  }
  return cost;
}

}  // namespace writebench::engine
