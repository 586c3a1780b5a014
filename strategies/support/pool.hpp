#pragma once

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <cstdint>
#include <thread>
#include <vector>

namespace writebench::strategies {

/// A pool of threads that run what is posted to its executor. It is Asio's own: the scheduler that asio::thread_pool
/// has, with the same settings, so a dispatch costs the same. Only the threads are started here, because the
/// constructor of asio::thread_pool waits for ever if it can start some of its threads but not all.
///
/// This object owns the threads, so declare it after everything that the posted work uses. Not thread-safe, except for
/// the executor.
class Pool {
 public:
  using Executor = asio::io_context::executor_type;

  /// Returns once all threads are started. Throws std::system_error if one cannot be, after those started have ended.
  explicit Pool(std::uint64_t threads);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  /// Waits for the work that threads have begun, and discards the rest.
  ~Pool();

  /// Posted work must not throw: that ends the program.
  Executor executor() { return context_.get_executor(); }

  /// Waits until all posted work is done and the threads have ended; nothing may be posted afterwards.
  void join();

 private:
  void discard();
  void join_threads();

  asio::io_context context_;
  asio::executor_work_guard<Executor> open_;  // the threads wait for more work as long as this holds
  std::vector<std::thread> threads_;
};

}  // namespace writebench::strategies
