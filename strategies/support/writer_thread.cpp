#include "strategies/support/writer_thread.hpp"

#include <sched.h>

#include <utility>

#include "strategies/support/processors.hpp"
#include "strategies/support/start_thread.hpp"

namespace writebench::strategies {

WriterThread::~WriterThread() {
  if (threads_.empty()) return;
  ends_.store(true, std::memory_order_release);
  look_again_();
  threads_.front().join();
}

void WriterThread::start(std::function<void()> body, std::function<void()> look_again) {
  look_again_ = std::move(look_again);
  threads_.reserve(1);
  start_thread(threads_, 1, [this, own = std::move(body)] { run(own); });
}

void WriterThread::start_beside(std::uint64_t threads, std::function<void()> body, std::function<void()> look_again) {
  const cpu_set_t allowed = allowed_processors();
  const bool has_room = threads <= static_cast<std::uint64_t>(CPU_COUNT(&allowed));
  start(
      [allowed, processor = has_room ? ::sched_getcpu() : -1, own = std::move(body)] {
        keep_off(processor, allowed);
        own();
      },
      std::move(look_again));
}

void WriterThread::run(const std::function<void()>& body) {
  try {
    body();
  } catch (...) {
    error_ = std::current_exception();
    failed_.store(true, std::memory_order_release);
    look_again_();
  }
}

}  // namespace writebench::strategies
