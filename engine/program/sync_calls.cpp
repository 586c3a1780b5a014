#include "engine/program/sync_calls.hpp"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "engine/process/process_tree.hpp"
#include "engine/trial/trace_point.hpp"

namespace writebench::engine {
namespace {

constexpr const char* kSyncCalls[] = {"fsync", "fdatasync", "sync_file_range", "msync", "syncfs", "sync"};

std::vector<pid_t> threads_of(pid_t process) {
  std::vector<pid_t> threads;
  std::error_code error;
  std::filesystem::directory_iterator thread("/proc/" + std::to_string(process) + "/task", error);
  for (; !error && thread != std::filesystem::directory_iterator(); thread.increment(error)) {
    threads.push_back(static_cast<pid_t>(std::strtol(thread->path().filename().c_str(), nullptr, 10)));
  }
  return threads;
}

}  // namespace

SyncCalls::SyncCalls(pid_t root) {
  const std::vector<pid_t> processes = descendants_of(root);
  for (const char* const call : kSyncCalls) {
    const auto point = trace_point("syscalls/sys_enter_" + std::string(call));
    if (!point) {
      all_ = false;
      return;
    }
    perf_event_attr attributes{};
    attributes.type = PERF_TYPE_TRACEPOINT;
    attributes.size = sizeof attributes;
    attributes.config = *point;
    attributes.inherit = 1;
    for (const pid_t process : processes) {
      for (const pid_t thread : threads_of(process)) {
        counters_.emplace_back(
            static_cast<int>(::syscall(SYS_perf_event_open, &attributes, thread, -1, -1, PERF_FLAG_FD_CLOEXEC)));
        all_ = all_ && counters_.back().get() >= 0;
      }
    }
  }
}

std::optional<std::uint64_t> SyncCalls::count() const {
  if (!all_ || counters_.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  for (const OwnedDescriptor& counter : counters_) {
    std::uint64_t count = 0;
    if (::read(counter.get(), &count, sizeof count) != sizeof count) return std::nullopt;
    sum += count;
  }
  return sum;
}

}  // namespace writebench::engine
