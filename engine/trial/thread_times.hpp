#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace writebench::engine {

/// What one thread has done in a period (proc(5), schedstat and status).
struct ThreadTimes {
  bool is_caller = false;         ///< the thread that runs the strategy; the others are the strategy's own
  std::int64_t run_ns = 0;        ///< it had a processor
  std::int64_t run_delay_ns = 0;  ///< it was ready to run but had no processor
  std::int64_t voluntary_switches = 0;
};

/// The threads of this process, by their kernel thread id: what each has done since it started.
using ThreadReadings = std::map<pid_t, ThreadTimes>;

/// Reads all threads. The calling thread is the caller. Threads whose files cannot be read are left out.
ThreadReadings read_threads();

/// The calling thread alone.
ThreadReadings read_this_thread();

/// What each thread did between two readings, the caller first. A thread that is only in `to` started in between; one
/// that is only in `from` has ended, and is left out.
std::vector<ThreadTimes> between(const ThreadReadings& from, const ThreadReadings& to);

/// How many threads the kernel has in this process for io_uring: workers that make a call which would block
/// (iou-wrk-*), and those that poll for work (iou-sqp-*). A worker without work ends after some seconds.
std::int64_t kernel_workers();

/// Counts the calls of futex(2) that wake threads, as the kernel's trace point sees them: those of the calling thread
/// and of all threads that it or they start later. The kernel allows that to root only, as a rule.
class FutexWakes {
 public:
  FutexWakes();
  FutexWakes(const FutexWakes&) = delete;
  FutexWakes& operator=(const FutexWakes&) = delete;
  ~FutexWakes();

  /// How many there were since construction; no value if the kernel does not allow it.
  std::optional<std::int64_t> count() const;

 private:
  int counter_ = -1;
};

}  // namespace writebench::engine
