#pragma once

#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_awaitable.hpp>
#include <exception>
#include <utility>

namespace writebench::strategies {

/// Runs `work` on a thread of the pool and then `done(std::exception_ptr)` on `executor`: the round trip of a
/// dispatched file write.
template <class Executor, class Work, class Done>
void dispatch(asio::thread_pool& pool, Executor executor, Work work, Done done) {
  asio::post(pool, [executor, work = std::move(work), done = std::move(done)]() mutable {
    std::exception_ptr error;
    try {
      work();
    } catch (...) {
      error = std::current_exception();
    }
    asio::post(executor, [done = std::move(done), error]() mutable { done(error); });
  });
}

/// The same for a coroutine, which resumes on its own executor; throws what `work` threw.
template <class Work>
asio::awaitable<void> on_pool(asio::thread_pool& pool, Work work) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
      [&pool](auto handler, Work task) {
        auto executor = asio::get_associated_executor(handler);
        dispatch(pool, executor, std::move(task), std::move(handler));
      },
      asio::use_awaitable, std::move(work));
}

}  // namespace writebench::strategies
