#include "engine/counters.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <string_view>

namespace writebench::engine {
namespace {

// The number after `key` in a small file of /proc. Read with bare calls into the stack: between two readings nothing of
// our own may allocate or call write(2).
std::optional<std::int64_t> number_in(const char* path, std::string_view key) {
  char buffer[4096];
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  const ssize_t bytes = ::read(descriptor, buffer, sizeof buffer);
  ::close(descriptor);
  if (bytes <= 0) return std::nullopt;
  const std::string_view text(buffer, static_cast<std::size_t>(bytes));
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t digits = text.find_first_of("0123456789", at + key.size());
  if (digits == std::string_view::npos) return std::nullopt;
  std::int64_t number = 0;
  std::from_chars(text.data() + digits, text.data() + text.size(), number);
  return number;
}

std::int64_t nanoseconds(const timeval& time) { return time.tv_sec * 1'000'000'000 + time.tv_usec * 1000; }

}  // namespace

void reset_peak_rss() {
  const int descriptor = ::open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  [[maybe_unused]] const ssize_t written = ::write(descriptor, "5", 1);  // proc(5): resets the peak
  ::close(descriptor);
}

Cost read_counters() {
  Cost cost;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    cost.user_cpu_ns = nanoseconds(usage.ru_utime);
    cost.system_cpu_ns = nanoseconds(usage.ru_stime);
    cost.voluntary_switches = usage.ru_nvcsw;
    cost.involuntary_switches = usage.ru_nivcsw;
    cost.minor_faults = usage.ru_minflt;
    cost.major_faults = usage.ru_majflt;
  }
  cost.write_syscalls = number_in("/proc/self/io", "syscw:");
  if (const auto kibibytes = number_in("/proc/self/status", "VmHWM:")) cost.peak_rss_bytes = *kibibytes * 1024;
  return cost;
}

Cost difference(const Cost& from, const Cost& to) {
  const auto minus = [](const std::optional<std::int64_t>& later, const std::optional<std::int64_t>& earlier) {
    return later && earlier ? std::optional(*later - *earlier) : std::nullopt;
  };
  Cost cost;
  cost.user_cpu_ns = minus(to.user_cpu_ns, from.user_cpu_ns);
  cost.system_cpu_ns = minus(to.system_cpu_ns, from.system_cpu_ns);
  cost.voluntary_switches = minus(to.voluntary_switches, from.voluntary_switches);
  cost.involuntary_switches = minus(to.involuntary_switches, from.involuntary_switches);
  cost.minor_faults = minus(to.minor_faults, from.minor_faults);
  cost.major_faults = minus(to.major_faults, from.major_faults);
  cost.write_syscalls = minus(to.write_syscalls, from.write_syscalls);
  cost.peak_rss_bytes = to.peak_rss_bytes;
  return cost;
}

}  // namespace writebench::engine
