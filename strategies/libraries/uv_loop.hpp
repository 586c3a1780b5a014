#pragma once

#include <uv.h>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "writebench/job.hpp"

namespace writebench::strategies {

/// A coroutine on a UvLoop. It keeps the exception that leaves it, so that none passes through libuv.
class UvTask {
 public:
  struct promise_type {
    UvTask get_return_object() { return UvTask(std::coroutine_handle<promise_type>::from_promise(*this)); }
    static std::suspend_always initial_suspend() noexcept { return {}; }
    static std::suspend_always final_suspend() noexcept { return {}; }
    static void return_void() noexcept {}
    void unhandled_exception() noexcept { error = std::current_exception(); }

    std::exception_ptr error;
  };

  UvTask(UvTask&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  UvTask& operator=(UvTask&&) = delete;
  ~UvTask() {
    if (handle_) handle_.destroy();
  }

  void start() const { handle_.resume(); }
  void rethrow_error() const {
    if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
  }

 private:
  explicit UvTask(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

  std::coroutine_handle<promise_type> handle_;
};

/// A libuv loop, and the pool of threads that libuv has for the whole process. Everything happens on the thread that
/// calls run(). Throws IoError and std::system_error.
class UvLoop {
 public:
  /// Starts the pool. libuv reads its size once in a process, so it stays as large as it first was; a trial is a
  /// process of its own.
  explicit UvLoop(std::uint64_t threads);
  UvLoop(const UvLoop&) = delete;
  UvLoop& operator=(const UvLoop&) = delete;
  ~UvLoop();

  uv_loop_t* get() { return &loop_; }

  /// Runs the task to its end, and whatever it has started on the pool. Rethrows its error. If the job measures the lag
  /// of the loop, a timer runs beside it.
  void run(const Job& job, const UvTask& task);

  /// Awaits the moment at which a line is due (Lines::due()).
  auto until(DueLine line) {
    struct Awaiter {
      static bool await_ready() noexcept { return false; }
      void await_suspend(std::coroutine_handle<> task) const { loop.go_on_at(line.moment(), task); }
      void await_resume() const { line.has_come(); }

      UvLoop& loop;
      DueLine line;
    };
    return Awaiter{*this, line};
  }

 private:
  using Clock = std::chrono::steady_clock;

  // Calls back at a moment; by itself it keeps no loop running. libuv's own timers count in milliseconds, so here the
  // loop polls a timerfd(2).
  class Alarm {
   public:
    /// Once, before set().
    void open(uv_loop_t* loop);
    bool is_open() const { return descriptor_ >= 0; }
    void set(Clock::time_point moment, std::function<void()> rings);
    void keep_loop_running(bool keep);
    /// The loop must run once more after this.
    void close();

   private:
    void ring();

    int descriptor_ = -1;
    uv_poll_t poll_{};
    std::function<void()> rings_;
  };

  void go_on_at(Clock::time_point moment, std::coroutine_handle<> task);
  void tick(const Job& job, Clock::time_point due);

  uv_loop_t loop_{};
  Alarm pace_;
  Alarm lag_;
};

/// A file that libuv opens by its name. Not thread-safe.
class UvFile {
 public:
  UvFile() = default;
  UvFile(const UvFile&) = delete;
  UvFile& operator=(const UvFile&) = delete;
  ~UvFile();

  /// Opens it for writing, and does not empty it. Throws IoError.
  void open(const std::string& path);
  void close(const std::string& path);
  uv_file descriptor() const { return descriptor_; }

 private:
  uv_file descriptor_ = -1;
};

/// One write at a time, by uv_fs_write() on libuv's pool. A short count is continued; libuv repeats interrupted calls.
/// If the durability of `file` asks for a sync now, the pool makes that too. All but the calls themselves happens on
/// the loop's thread.
class UvWrite {
 public:
  enum class Place {
    kAtPosition,  ///< write(2): only one write to the file at a time
    kAtOffset,    ///< pwrite(2)
  };

  /// What it is given outlives it. It must not be destroyed while a write is in flight.
  UvWrite(UvLoop& loop, File& file, const UvFile& opened, Place place)
      : loop_(loop), file_(file), opened_(opened), place_(place) {}
  UvWrite(const UvWrite&) = delete;
  UvWrite& operator=(const UvWrite&) = delete;

  /// Writes all of `bytes`, which are not empty and stay as they are meanwhile, at `offset_bytes`; that is where the
  /// file's position is, if it writes there. Then calls `done` from the loop. It must not throw.
  void start(std::string_view bytes, std::uint64_t offset_bytes, std::function<void()> done);

  /// The same for a coroutine, which goes on when it is done; throws.
  auto all_of(std::string_view bytes, std::uint64_t offset_bytes) {
    struct Awaiter {
      static bool await_ready() noexcept { return false; }
      void await_suspend(std::coroutine_handle<> task) const {
        write.start(bytes, offset_bytes, [task] { task.resume(); });
      }
      void await_resume() const { write.throw_if_failed(); }

      UvWrite& write;
      std::string_view bytes;
      std::uint64_t offset_bytes;
    };
    return Awaiter{*this, bytes, offset_bytes};
  }

  bool failed() const { return error_number_ != 0 || sync_error_; }
  /// Throws the error of the last write.
  void throw_if_failed() const;

 private:
  void submit();
  void taken(ssize_t result);
  void report();
  void end(int error_number);

  UvLoop& loop_;
  File& file_;
  const UvFile& opened_;
  const Place place_;
  uv_fs_t write_{};
  uv_work_t report_{};
  std::function<void()> done_;
  std::string_view rest_;
  std::uint64_t offset_bytes_ = 0;  // of the rest
  std::uint64_t bytes_ = 0;
  int error_number_ = 0;  // errno; the exception is made where it may be thrown
  std::exception_ptr sync_error_;
};

}  // namespace writebench::strategies
