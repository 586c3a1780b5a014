#include "engine/trial/thread_times.hpp"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "engine/owned_descriptor.hpp"
#include "engine/trial/trace_point.hpp"

namespace writebench::engine {
namespace {

namespace fs = std::filesystem;

// The number that the text begins with; no value if it begins with something else.
template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

std::optional<ThreadTimes> times_of(const fs::path& thread) {
  ThreadTimes times;
  if (!(std::ifstream(thread / "schedstat") >> times.run_ns >> times.run_delay_ns)) return std::nullopt;
  std::ifstream status(thread / "status");
  for (std::string word; status >> word;) {
    if (word == "voluntary_ctxt_switches:" && status >> times.voluntary_switches) break;
  }
  return times;
}

int open_counter() {
  const auto futex = trace_point("syscalls/sys_enter_futex");
  if (!futex) return -1;
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.size = sizeof attributes;
  attributes.config = *futex;
  attributes.inherit = 1;
  OwnedDescriptor counter(
      static_cast<int>(::syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC)));
  // FUTEX_WAKE, with and without FUTEX_PRIVATE_FLAG
  if (counter.get() < 0 || ::ioctl(counter.get(), PERF_EVENT_IOC_SET_FILTER, "op == 1 || op == 129") != 0) return -1;
  return counter.release();
}

}  // namespace

ThreadReadings read_threads() {
  ThreadReadings readings;
  std::error_code error;
  fs::directory_iterator thread("/proc/self/task", error);
  for (; !error && thread != fs::directory_iterator(); thread.increment(error)) {
    const auto id = number_in<pid_t>(thread->path().filename().string());
    auto times = times_of(thread->path());
    if (!id || !times) continue;
    times->is_caller = *id == ::gettid();
    readings.emplace(*id, *times);
  }
  return readings;
}

ThreadReadings read_this_thread() {
  ThreadReadings readings;
  if (const auto times = times_of("/proc/thread-self")) readings.emplace(::gettid(), *times);
  return readings;
}

std::vector<ThreadTimes> between(const ThreadReadings& from, const ThreadReadings& to) {
  std::vector<ThreadTimes> threads;
  for (auto [id, times] : to) {
    if (const auto before = from.find(id); before != from.end()) {
      times.run_ns -= before->second.run_ns;
      times.run_delay_ns -= before->second.run_delay_ns;
      times.voluntary_switches -= before->second.voluntary_switches;
    }
    threads.insert(times.is_caller ? threads.begin() : threads.end(), times);
  }
  return threads;
}

std::int64_t kernel_workers() {
  std::int64_t workers = 0;
  std::error_code error;
  fs::directory_iterator thread("/proc/self/task", error);
  for (; !error && thread != fs::directory_iterator(); thread.increment(error)) {
    std::string name;
    std::ifstream(thread->path() / "comm") >> name;
    workers += name.starts_with("iou-wrk-") || name.starts_with("iou-sqp-") ? 1 : 0;
  }
  return workers;
}

FutexWakes::FutexWakes() : counter_(open_counter()) {}

FutexWakes::~FutexWakes() {
  if (counter_ >= 0) ::close(counter_);
}

std::optional<std::int64_t> FutexWakes::count() const {
  std::int64_t count = 0;
  if (counter_ < 0 || ::read(counter_, &count, sizeof count) != sizeof count) return std::nullopt;
  return count;
}

}  // namespace writebench::engine
