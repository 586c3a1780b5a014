#include "strategies/support/producer_threads.hpp"

#include <utility>

#include "strategies/support/start_thread.hpp"

namespace writebench::strategies {

ProducerThreads::~ProducerThreads() { open(Gate::kLeave); }

void ProducerThreads::start(const Job& job, unsigned writers, Body body) {
  job_ = &job;
  body_ = std::move(body);
  if (writers == 1) return;
  arrived_.emplace(static_cast<std::ptrdiff_t>(writers));
  try {
    threads_.reserve(writers);
    for (unsigned writer = 0; writer < writers; ++writer) {
      start_thread(threads_, writers, [this, writer] { produce(writer); });
    }
  } catch (...) {
    open(Gate::kLeave);
    throw;
  }
  arrived_->wait();
}

void ProducerThreads::run() {
  if (threads_.empty()) return body_(0);
  open(Gate::kWork);
  if (error_) std::rethrow_exception(error_);
}

void ProducerThreads::produce(unsigned writer) {
  job_->producer_begins();
  arrived_->count_down();
  gate_.wait(Gate::kClosed);
  if (gate_ == Gate::kLeave) return;
  try {
    body_(writer);
  } catch (...) {
    const std::lock_guard lock(error_mutex_);
    if (!error_) error_ = std::current_exception();
  }
  job_->producer_ends();
}

void ProducerThreads::open(Gate gate) {
  gate_ = gate;
  gate_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace writebench::strategies
