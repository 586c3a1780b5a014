#include "engine/trial/kernel_counters.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "engine/trial/sample_fields.hpp"
#include "engine/trial/waiting.hpp"

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

std::optional<std::int64_t> as_bytes(std::optional<std::int64_t> kibibytes) {
  std::int64_t bytes = 0;
  return kibibytes && !__builtin_mul_overflow(*kibibytes, 1024, &bytes) ? std::optional(bytes) : std::nullopt;
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

std::int64_t cpu_clock_ns(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

// getrusage(2) has whole microseconds, which are much in a short trial; the clocks have nanoseconds. So the sum is the
// clock's, and only its parts are getrusage's. What waiting for lines has cost is left out.
void put_caller(Cost& cost, const rusage& thread, std::int64_t thread_ns) {
  const WaitCost waited = wait_cost_of_thread();
  cost.caller_system_cpu_ns = as_ns(thread.ru_stime) - waited.system_ns;
  cost.caller_user_cpu_ns = thread_ns - as_ns(thread.ru_stime) - waited.user_ns;
}

void put_usage(Cost& cost, const rusage& process, std::int64_t process_ns, const rusage& thread,
               std::int64_t thread_ns) {
  const WaitCost waited = wait_cost_of_process();
  cost.system_cpu_ns = as_ns(process.ru_stime) - waited.system_ns;
  cost.user_cpu_ns = process_ns - as_ns(process.ru_stime) - waited.user_ns;
  cost.voluntary_switches = process.ru_nvcsw;
  cost.involuntary_switches = process.ru_nivcsw;
  cost.minor_faults = process.ru_minflt;
  cost.major_faults = process.ru_majflt;
  put_caller(cost, thread, thread_ns);
}

using Total = std::optional<std::int64_t> Cost::*;

// A user and a system time.
struct CpuPair {
  Total user, system;
};

constexpr CpuPair kProcessCpu{&Cost::user_cpu_ns, &Cost::system_cpu_ns};
constexpr CpuPair kCallerCpu{&Cost::caller_user_cpu_ns, &Cost::caller_system_cpu_ns};

std::vector<Total> totals() {
  std::vector<Total> totals;
  for (const SampleField& field : sample_fields()) {
    const auto* const counter = std::get_if<Total>(&field.at);
    if (counter != nullptr && field.kind == FieldKind::kTotal) totals.push_back(*counter);
  }
  return totals;
}

// Reduces the sum of both to `sum_ns`, first the system time: the harness makes system calls.
void reduce_cpu(Cost& cost, const CpuPair& pair, std::int64_t sum_ns) {
  auto& user = cost.*pair.user;
  auto& system = cost.*pair.system;
  if (!user || !system) return;
  const std::int64_t system_ns = *system - (*user + *system - sum_ns);
  system = std::clamp<std::int64_t>(system_ns, 0, sum_ns);
  user = sum_ns - *system;
}

std::int64_t sum_of(const Cost& cost, const CpuPair& pair) {
  return (cost.*pair.user).value_or(0) + (cost.*pair.system).value_or(0);
}

std::int64_t tenth_of(std::vector<std::int64_t> values, std::size_t tenths) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() * tenths / 10);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

constexpr std::size_t kHalf = 5;
constexpr std::size_t kNineInTen = 9;
constexpr int kEmptyTrials = 20;

Cost empty_trial() {
  Cost before;
  read_proc_counters(before);
  read_usage_before_clock(before);
  const auto start = std::chrono::steady_clock::now();
  [[maybe_unused]] const volatile auto time = std::chrono::steady_clock::now() - start;
  Cost after;
  read_usage_after_clock(after);
  read_proc_counters(after);
  return difference(before, after);
}

Cost measured_harness_cost() {
  std::vector<Cost> trials(kEmptyTrials);
  std::generate(trials.begin(), trials.end(), empty_trial);
  Cost cost;
  for (const Total total : totals()) {
    std::vector<std::int64_t> values;
    for (const Cost& trial : trials) {
      if (const auto& value = trial.*total) values.push_back(*value);
    }
    if (values.size() == trials.size()) cost.*total = tenth_of(std::move(values), kHalf);
  }
  // Only sums: their parts are whole microseconds.
  std::vector<std::int64_t> of_caller, of_others;
  for (const Cost& trial : trials) {
    of_caller.push_back(sum_of(trial, kCallerCpu));
    of_others.push_back(sum_of(trial, kProcessCpu) - of_caller.back());
  }
  cost.caller_user_cpu_ns = cost.user_cpu_ns = 0;
  cost.caller_system_cpu_ns = tenth_of(std::move(of_caller), kNineInTen);
  cost.system_cpu_ns = *cost.caller_system_cpu_ns + tenth_of(std::move(of_others), kNineInTen);
  return cost;
}

std::int64_t measured_caller_reading_ns() {
  std::vector<std::int64_t> times_ns;
  times_ns.reserve(kEmptyTrials);
  for (int i = 0; i < kEmptyTrials; ++i) {
    Cost cost;
    const std::int64_t before_ns = cpu_clock_ns(CLOCK_THREAD_CPUTIME_ID);
    read_caller_counters_at_end(cost);
    times_ns.push_back(cpu_clock_ns(CLOCK_THREAD_CPUTIME_ID) - before_ns);
  }
  return tenth_of(std::move(times_ns), kHalf);
}

}  // namespace

void reset_peak_rss() {
  const int descriptor = ::open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  [[maybe_unused]] const ssize_t written = ::write(descriptor, "5", 1);  // proc(5): resets the peak
  ::close(descriptor);
}

void read_proc_counters(Cost& cost) {
  std::array<char, 4096> buffer;
  cost.caller_run_delay_ns = field_in("/proc/thread-self/schedstat", 1);
  const std::string_view io = read_file("/proc/self/io", buffer);
  cost.read_syscalls = number_after(io, "syscr:");
  cost.write_syscalls = number_after(io, "syscw:");
  cost.written_bytes = number_after(io, "wchar:");
  cost.device_bytes = number_after(io, "write_bytes:");
  const std::string_view status = read_file("/proc/self/status", buffer);
  cost.peak_rss_bytes = as_bytes(number_after(status, "VmHWM:"));
}

void read_usage_before_clock(Cost& cost) {
  rusage process{};
  rusage thread{};
  const bool known = ::getrusage(RUSAGE_SELF, &process) == 0 && ::getrusage(RUSAGE_THREAD, &thread) == 0;
  const std::int64_t process_ns = cpu_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  const std::int64_t thread_ns = cpu_clock_ns(CLOCK_THREAD_CPUTIME_ID);
  if (known) put_usage(cost, process, process_ns, thread, thread_ns);
}

void read_usage_after_clock(Cost& cost) {
  const std::int64_t thread_ns = cpu_clock_ns(CLOCK_THREAD_CPUTIME_ID);
  const std::int64_t process_ns = cpu_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  rusage process{};
  rusage thread{};
  const bool known = ::getrusage(RUSAGE_SELF, &process) == 0 && ::getrusage(RUSAGE_THREAD, &thread) == 0;
  if (known) put_usage(cost, process, process_ns, thread, thread_ns);
}

void read_caller_counters_at_begin(Cost& cost) {
  cost.caller_run_delay_ns = field_in("/proc/thread-self/schedstat", 1);
  rusage thread{};
  if (::getrusage(RUSAGE_THREAD, &thread) == 0) put_caller(cost, thread, cpu_clock_ns(CLOCK_THREAD_CPUTIME_ID));
}

void read_caller_counters_at_end(Cost& cost) {
  const std::int64_t thread_ns = cpu_clock_ns(CLOCK_THREAD_CPUTIME_ID);
  rusage thread{};
  if (::getrusage(RUSAGE_THREAD, &thread) == 0) put_caller(cost, thread, thread_ns);
  cost.caller_run_delay_ns = field_in("/proc/thread-self/schedstat", 1);
}

std::optional<std::int64_t> resident_bytes() {
  std::array<char, 4096> buffer;
  return as_bytes(number_after(read_file("/proc/self/status", buffer), "VmRSS:"));
}

Cost difference(const Cost& from, const Cost& to) {
  Cost cost = to;
  for (const Total total : totals()) {
    const auto& before = from.*total;
    auto& after = cost.*total;
    after = before && after ? std::optional(*after - *before) : std::nullopt;
  }
  for (const CpuPair& pair : {kProcessCpu, kCallerCpu}) {
    reduce_cpu(cost, pair, std::max<std::int64_t>(0, sum_of(cost, pair)));  // no part below 0
  }
  return cost;
}

void CostSum::add(const Cost& cost) {
  std::size_t part = 0;
  for (const Total total : totals()) {
    Part& of_total = parts_.at(part++);
    if (const auto& value = cost.*total) {
      of_total.sum += *value;
    } else {
      of_total.unknown = true;
    }
  }
}

std::optional<std::int64_t> CostSum::of(Total total) const {
  const std::vector<Total> all = totals();
  const Part& part = parts_.at(static_cast<std::size_t>(std::find(all.begin(), all.end(), total) - all.begin()));
  return part.unknown ? std::nullopt : std::optional(part.sum.load());
}

void CostSum::add_others_to(Cost& cost) const {
  for (const Total total : totals()) {
    if (total == kCallerCpu.user || total == kCallerCpu.system || total == &Cost::caller_run_delay_ns) continue;
    const auto sum = of(total);
    auto& value = cost.*total;
    value = value && sum ? std::optional(*value + *sum) : std::nullopt;
  }
}

const Cost& harness_cost() {
  static const Cost cost = measured_harness_cost();
  return cost;
}

std::int64_t caller_reading_ns() {
  static const std::int64_t ns = measured_caller_reading_ns();
  return ns;
}

void take_out_harness(Cost& cost, const Cost& harness, std::int64_t elapsed_ns, std::int64_t others_ns) {
  for (const Total total : totals()) {
    const bool is_cpu = total == kProcessCpu.user || total == kProcessCpu.system || total == kCallerCpu.user ||
                        total == kCallerCpu.system;
    auto& value = cost.*total;
    if (!is_cpu && value) value = std::max<std::int64_t>(0, *value - (harness.*total).value_or(0));
  }
  const std::int64_t caller_ns = sum_of(cost, kCallerCpu);
  const std::int64_t harness_ns = sum_of(harness, kCallerCpu);
  const std::int64_t own_ns =
      std::clamp<std::int64_t>(caller_ns - harness_ns, 0, std::max<std::int64_t>(0, elapsed_ns));
  const std::int64_t beside_ns = std::max<std::int64_t>(
      0, sum_of(cost, kProcessCpu) - caller_ns - (sum_of(harness, kProcessCpu) - harness_ns) - others_ns);
  reduce_cpu(cost, kCallerCpu, own_ns);
  reduce_cpu(cost, kProcessCpu, own_ns + beside_ns);
  bound_caller(cost);
}

void bound_caller(Cost& cost) {
  for (const auto& [caller, process] :
       {std::pair{kCallerCpu.user, kProcessCpu.user}, std::pair{kCallerCpu.system, kProcessCpu.system}}) {
    if (cost.*caller && cost.*process) cost.*caller = std::min(*(cost.*caller), *(cost.*process));
  }
}

}  // namespace writebench::engine
