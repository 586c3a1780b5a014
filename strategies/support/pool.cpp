#include "strategies/support/pool.hpp"

#include "strategies/support/start_thread.hpp"

namespace writebench::strategies {
namespace {

// As asio::thread_pool: a scheduler with one thread need not wake others.
constexpr int concurrency_hint(std::uint64_t threads) { return threads == 1 ? 1 : 0; }

}  // namespace

Pool::Pool(std::uint64_t threads) : context_(concurrency_hint(threads)), open_(context_.get_executor()) {
  try {
    threads_.reserve(threads);
    while (threads_.size() < threads) start_thread(threads_, threads, [this] { context_.run(); });
  } catch (...) {
    discard();
    throw;
  }
}

Pool::~Pool() { discard(); }

void Pool::join() {
  open_.reset();
  join_threads();
}

void Pool::discard() {
  context_.stop();
  join_threads();
}

void Pool::join_threads() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace writebench::strategies
