#pragma once

#include <atomic>
#include <functional>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

namespace writebench::bare {

/// Threads that are started before the clock is on and do their work within it.
class Threads {
 public:
  void start(unsigned threads, std::function<void(unsigned thread)> work) {
    waiting_.emplace(threads);
    for (unsigned thread = 0; thread < threads; ++thread) {
      threads_.emplace_back([this, thread, work] {
        waiting_->count_down();
        begun_.wait(false);
        work(thread);
      });
    }
    waiting_->wait();
  }

  void run() {
    begun_ = true;
    begun_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::optional<std::latch> waiting_;
  std::atomic<bool> begun_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace writebench::bare
