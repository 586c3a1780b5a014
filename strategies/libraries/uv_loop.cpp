#if WRITEBENCH_HAS_LIBUV
#include "strategies/libraries/uv_loop.hpp"

#include <fcntl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <new>
#include <system_error>

#include "strategies/support/library_needs.hpp"

namespace writebench::strategies {
namespace {

// Those of a loop, and those that libuv has once in a process: an epoll instance, an event, two pipes.
constexpr unsigned kDescriptors = 8;

constexpr std::chrono::milliseconds kPeriod{1};

void expect_done(int result, const char* operation) {
  if (result < 0) throw std::system_error(-result, std::generic_category(), operation);
}

// The threads of the pool start with the first work.
void start_pool(uv_loop_t* loop) {
  uv_work_t work{};
  const auto nothing = [](uv_work_t*) {};
  const auto done = [](uv_work_t*, int) {};
  expect_done(uv_queue_work(loop, &work, nothing, done), "uv_queue_work");
  uv_run(loop, UV_RUN_DEFAULT);
}

}  // namespace

UvLoop::UvLoop(std::uint64_t threads) {
  // libuv ends the program if it cannot have these.
  expect_descriptors(kDescriptors);
  expect_threads(static_cast<unsigned>(threads));
  if (::setenv("UV_THREADPOOL_SIZE", std::to_string(threads).c_str(), 1) != 0) throw std::bad_alloc();
  expect_done(uv_loop_init(&loop_), "uv_loop_init");
  try {
    start_pool(&loop_);
  } catch (...) {
    uv_loop_close(&loop_);
    throw;
  }
}

UvLoop::~UvLoop() {
  pace_.close();
  lag_.close();
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
}

void UvLoop::run(const Job& job, const UvTask& task) {
  if (job.watches_loop()) {
    lag_.open(&loop_);
    tick(job, Clock::now() + kPeriod);
  }
  task.start();
  uv_run(&loop_, UV_RUN_DEFAULT);
  task.rethrow_error();
}

// The ticks are due on a fixed schedule: a loop that is held for ten periods counts as late ten times, not once.
void UvLoop::tick(const Job& job, Clock::time_point due) {
  lag_.set(due, [this, &job, due] {
    job.loop_was_late(std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - due).count());
    tick(job, due + kPeriod);
  });
}

void UvLoop::go_on_at(Clock::time_point moment, std::coroutine_handle<> task) {
  if (!pace_.is_open()) pace_.open(&loop_);
  pace_.keep_loop_running(true);
  pace_.set(moment, [this, task] {
    pace_.keep_loop_running(false);
    task.resume();
  });
}

void UvLoop::Alarm::open(uv_loop_t* loop) {
  descriptor_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  const auto ready = [](uv_poll_t* poll, int, int) { static_cast<Alarm*>(poll->data)->ring(); };
  if (const int refused = uv_poll_init(loop, &poll_, descriptor_); refused < 0) {
    ::close(std::exchange(descriptor_, -1));
    expect_done(refused, "uv_poll_init");
  }
  poll_.data = this;
  uv_poll_start(&poll_, UV_READABLE, ready);
  keep_loop_running(false);
}

void UvLoop::Alarm::set(Clock::time_point moment, std::function<void()> rings) {
  rings_ = std::move(rings);
  const std::chrono::nanoseconds since_epoch = moment.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
  itimerspec once{};
  once.it_value.tv_sec = seconds.count();
  once.it_value.tv_nsec = (since_epoch - seconds).count();
  ::timerfd_settime(descriptor_, TFD_TIMER_ABSTIME, &once, nullptr);
}

void UvLoop::Alarm::ring() {
  std::uint64_t times = 0;
  if (::read(descriptor_, &times, sizeof times) < 0) return;
  if (const auto rings = std::exchange(rings_, nullptr)) rings();
}

void UvLoop::Alarm::keep_loop_running(bool keep) {
  auto* const handle = reinterpret_cast<uv_handle_t*>(&poll_);
  keep ? uv_ref(handle) : uv_unref(handle);
}

void UvLoop::Alarm::close() {
  if (!is_open()) return;
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), nullptr);
  ::close(std::exchange(descriptor_, -1));
}

UvFile::~UvFile() {
  uv_fs_t request{};
  if (descriptor_ >= 0) uv_fs_close(nullptr, &request, descriptor_, nullptr);
}

void UvFile::open(const std::string& path) {
  uv_fs_t request{};
  const int result = uv_fs_open(nullptr, &request, path.c_str(), O_WRONLY, 0, nullptr);
  uv_fs_req_cleanup(&request);
  if (result < 0) throw IoError("open", path, -result);
  descriptor_ = result;
}

void UvFile::close(const std::string& path) {
  uv_fs_t request{};
  const int result = uv_fs_close(nullptr, &request, std::exchange(descriptor_, -1), nullptr);
  if (result < 0) throw IoError("close", path, -result);
}

void UvWrite::start(std::string_view bytes, std::uint64_t offset_bytes, std::function<void()> done) {
  rest_ = bytes;
  offset_bytes_ = offset_bytes;
  bytes_ = bytes.size();
  done_ = std::move(done);
  submit();
}

void UvWrite::submit() {
  write_.data = this;
  const auto most = static_cast<unsigned>(std::min<std::size_t>(rest_.size(), INT_MAX));
  const uv_buf_t part = uv_buf_init(const_cast<char*>(rest_.data()), most);  // libuv only reads it
  const std::int64_t place = place_ == Place::kAtPosition ? -1 : static_cast<std::int64_t>(offset_bytes_);
  const auto written = [](uv_fs_t* write) { static_cast<UvWrite*>(write->data)->taken(write->result); };
  const int refused = uv_fs_write(loop_.get(), &write_, opened_.descriptor(), &part, 1, place, written);
  if (refused < 0) end(-refused);
}

void UvWrite::taken(ssize_t result) {
  uv_fs_req_cleanup(&write_);
  if (result <= 0) return end(result < 0 ? static_cast<int>(-result) : EIO);
  offset_bytes_ += static_cast<std::uint64_t>(result);
  rest_.remove_prefix(static_cast<std::size_t>(result));
  if (!rest_.empty()) return submit();
  if (!file_.would_sync(bytes_)) {
    report();
    return end(0);
  }
  report_.data = this;
  const auto work = [](uv_work_t* report) { static_cast<UvWrite*>(report->data)->report(); };
  const auto reported = [](uv_work_t* report, int) { static_cast<UvWrite*>(report->data)->end(0); };
  uv_queue_work(loop_.get(), &report_, work, reported);
}

void UvWrite::report() {
  try {
    file_.written(bytes_);
  } catch (...) {
    sync_error_ = std::current_exception();
  }
}

void UvWrite::end(int error_number) {
  error_number_ = error_number;
  std::exchange(done_, nullptr)();
}

void UvWrite::throw_if_failed() const {
  if (sync_error_) std::rethrow_exception(sync_error_);
  if (error_number_ != 0) throw IoError("write", file_.path(), offset_bytes_, error_number_);
}

}  // namespace writebench::strategies

#endif
