#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <latch>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "writebench/job.hpp"

namespace writebench::strategies {

/// Writers that append at once, each on a thread of its own, as the threads of a service do.
///
///   start()     called in prepare(): starts the threads; each reads what it has cost so far, and waits at the gate
///   run()       called in run(): opens the gate; each thread calls `body(writer)`, and what that costs is the callers'
///   destructor  opens the gate without work, if run() was never called
///
/// This object owns the threads, and joins them in run() or in its destructor: none is left when it is gone. So declare
/// it after everything that the body uses. If one thread cannot be started, those that were are ended without work, and
/// start() throws. Not thread-safe.
class ProducerThreads {
 public:
  using Body = std::function<void(unsigned writer)>;

  ProducerThreads() = default;
  ProducerThreads(const ProducerThreads&) = delete;
  ProducerThreads& operator=(const ProducerThreads&) = delete;
  ~ProducerThreads();

  /// Returns once every thread waits at the gate, so that starting them is not left for the clock. `job` must outlive
  /// run(). Throws std::system_error.
  void start(const Job& job, unsigned writers, Body body);

  /// Lets the threads go, waits until all have ended, and rethrows the first error that left a body. The others are not
  /// stopped by it: a body that can wait for another one must take care of that itself.
  void run();

 private:
  enum class Gate { kClosed, kWork, kLeave };

  void produce(unsigned writer);
  void open(Gate gate);

  const Job* job_ = nullptr;
  Body body_;
  std::optional<std::latch> arrived_;
  std::atomic<Gate> gate_{Gate::kClosed};
  std::mutex error_mutex_;
  std::exception_ptr error_;  // the first
  std::vector<std::thread> threads_;
};

}  // namespace writebench::strategies
