#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace writebench::strategies {

/// The thread of a background writer. It keeps the error that ended it, and whoever waits for it learns of that.
///
/// This object owns the thread, which ends in its destructor: declare it after everything that the body uses.
/// start() and the destructor are for one thread, the rest for any.
class WriterThread {
 public:
  WriterThread() = default;
  WriterThread(const WriterThread&) = delete;
  WriterThread& operator=(const WriterThread&) = delete;
  ~WriterThread();  // what is not written by now stays unwritten

  /// Starts a thread that runs `body`, which returns soon after ends() has become true. `look_again` wakes everybody
  /// that waits, the body and those that wait for it, because the body has thrown or is to end; it must not throw.
  /// Throws std::system_error.
  void start(std::function<void()> body, std::function<void()> look_again);

  /// The same, and if there is a processor for each of so many threads that work at the same time, the thread keeps off
  /// the calling thread's until it moves by itself (Parking): its first wake-up finds it beside its waker.
  void start_beside(std::uint64_t threads, std::function<void()> body, std::function<void()> look_again);

  /// For the body.
  bool ends() const { return ends_.load(std::memory_order_acquire); }

  /// Whether the body has thrown. It writes nothing from then on: do not wait for it, but rethrow its error.
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  void rethrow_if_failed() const {
    if (failed()) [[unlikely]]
      std::rethrow_exception(error_);
  }

 private:
  void run(const std::function<void()>& body);

  std::function<void()> look_again_;
  std::atomic<bool> ends_{false};
  std::atomic<bool> failed_{false};
  std::exception_ptr error_;  // written once, before failed_
  std::vector<std::thread> threads_;
};

}  // namespace writebench::strategies
