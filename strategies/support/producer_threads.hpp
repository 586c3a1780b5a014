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

/// Writers that append concurrently, each on its own thread, as the threads of a service do.
///
/// - start(), called in prepare(), starts the threads. Each reads its counters and waits at the gate.
/// - run(), called in run(), opens the gate. Each thread calls `body(writer)`; its cost counts as the callers' cost.
/// - A single writer needs no thread: run() calls the body itself, as a strategy with one caller does.
/// - The destructor opens the gate without work if run() was never called.
///
/// This object owns the threads and joins them in run() or in its destructor, so declare it after everything that the
/// body uses. If a thread cannot be started, the threads already started end without work, and start() throws. Not
/// thread-safe.
class ProducerThreads {
 public:
  using Body = std::function<void(unsigned writer)>;

  ProducerThreads() = default;
  ProducerThreads(const ProducerThreads&) = delete;
  ProducerThreads& operator=(const ProducerThreads&) = delete;
  ~ProducerThreads();

  /// Returns once every thread waits at the gate, so the clock does not include starting them. `job` must outlive
  /// run(). Throws std::system_error.
  void start(const Job& job, unsigned writers, Body body);

  /// Releases the threads, waits until all have ended, and rethrows the first exception of a body. An exception does
  /// not stop the other bodies: a body that waits for another one must handle that case itself.
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
  std::exception_ptr error_;  // the first error
  std::vector<std::thread> threads_;
};

}  // namespace writebench::strategies
