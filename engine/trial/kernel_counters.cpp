#include "engine/trial/kernel_counters.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <span>
#include <string_view>
#include <system_error>
#include <variant>

#include "engine/trial/sample_fields.hpp"

namespace writebench::engine {
namespace {

// Read with bare calls into the caller's memory: between two readings nothing of our own may allocate or call write(2).
std::string_view read_file(const char* path, std::span<char> buffer) {
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  const ssize_t bytes = ::read(descriptor, buffer.data(), buffer.size());
  ::close(descriptor);
  return {buffer.data(), bytes > 0 ? static_cast<std::size_t>(bytes) : 0};
}

std::optional<std::int64_t> number_at(std::string_view text, std::size_t at) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

// The number after `key` in a text of lines of the form `key number`.
std::optional<std::int64_t> number_after(std::string_view text, std::string_view key) {
  for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
    if (at != 0 && text[at - 1] != '\n') continue;
    const std::size_t digits = text.find_first_of("0123456789", at + key.size());
    return digits == std::string_view::npos ? std::nullopt : number_at(text, digits);
  }
  return std::nullopt;
}

// The field with that index in a line of numbers.
std::optional<std::int64_t> field_in(const char* path, std::size_t index) {
  std::array<char, 256> buffer;
  const std::string_view text = read_file(path, buffer);
  std::size_t at = 0;
  for (; index > 0; --index) {
    at = text.find(' ', at);
    if (at == std::string_view::npos) return std::nullopt;
    ++at;
  }
  return number_at(text, at);
}

std::int64_t as_ns(const timeval& time) { return time.tv_sec * 1'000'000'000 + time.tv_usec * 1000; }

}  // namespace

void reset_peak_rss() {
  const int descriptor = ::open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  [[maybe_unused]] const ssize_t written = ::write(descriptor, "5", 1);  // proc(5): resets the peak
  ::close(descriptor);
}

void read_caller_counters(Cost& cost) {
  rusage usage{};
  if (::getrusage(RUSAGE_THREAD, &usage) == 0) {
    cost.caller_user_cpu_ns = as_ns(usage.ru_utime);
    cost.caller_system_cpu_ns = as_ns(usage.ru_stime);
  }
  cost.caller_run_delay_ns = field_in("/proc/thread-self/schedstat", 1);
}

Cost read_counters() {
  Cost cost;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    cost.user_cpu_ns = as_ns(usage.ru_utime);
    cost.system_cpu_ns = as_ns(usage.ru_stime);
    cost.voluntary_switches = usage.ru_nvcsw;
    cost.involuntary_switches = usage.ru_nivcsw;
    cost.minor_faults = usage.ru_minflt;
    cost.major_faults = usage.ru_majflt;
  }
  read_caller_counters(cost);
  std::array<char, 4096> buffer;
  const std::string_view io = read_file("/proc/self/io", buffer);
  cost.write_syscalls = number_after(io, "syscw:");
  cost.written_bytes = number_after(io, "wchar:");
  cost.device_bytes = number_after(io, "write_bytes:");
  const std::string_view status = read_file("/proc/self/status", buffer);
  if (const auto kibibytes = number_after(status, "VmHWM:")) cost.peak_rss_bytes = *kibibytes * 1024;
  return cost;
}

std::optional<std::int64_t> resident_bytes() {
  std::array<char, 4096> buffer;
  const auto kibibytes = number_after(read_file("/proc/self/status", buffer), "VmRSS:");
  return kibibytes ? std::optional(*kibibytes * 1024) : std::nullopt;
}

Cost difference(const Cost& from, const Cost& to) {
  Cost cost = to;
  for (const SampleField& field : sample_fields()) {
    const auto* const counter = std::get_if<SampleField::Value Cost::*>(&field.at);
    if (counter == nullptr || field.kind != FieldKind::kTotal) continue;
    const SampleField::Value& before = from.**counter;
    SampleField::Value& after = cost.**counter;
    after = before && after ? std::optional(*after - *before) : std::nullopt;
  }
  return cost;
}

}  // namespace writebench::engine
