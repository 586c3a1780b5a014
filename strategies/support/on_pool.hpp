#pragma once

#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "strategies/support/pool.hpp"
#include "writebench/job.hpp"

namespace writebench::strategies {

/// Runs `work` on a thread of the pool and then `done(std::exception_ptr)` on `executor`: the round trip of a
/// dispatched file write.
template <class Executor, class Work, class Done>
void dispatch(const Job& job, Pool& pool, Executor executor, Work work, Done done) {
  const DispatchMarks marks = job.dispatch_begins();
  asio::post(pool.executor(), [marks, executor, work = std::move(work), done = std::move(done)]() mutable {
    marks.starts();
    std::exception_ptr error;
    marks.call_begins();
    try {
      work();
    } catch (...) {
      error = std::current_exception();
    }
    marks.call_ends();
    asio::post(executor, [marks, done = std::move(done), error]() mutable {
      marks.goes_on();
      done(error);
    });
    marks.thread_is_free();
  });
  marks.handed_over();
}

/// The same for a coroutine, which resumes on its own executor; throws what `work` threw.
template <class Work>
asio::awaitable<void> on_pool(const Job& job, Pool& pool, Work work) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
      [&job, &pool](auto handler, Work task) {
        auto executor = asio::get_associated_executor(handler);
        dispatch(job, pool, executor, std::move(task), std::move(handler));
      },
      asio::use_awaitable, std::move(work));
}

/// Runs `work`, which must not throw, on a thread of the pool. Nobody awaits it.
template <class Work>
void dispatch_and_forget(const Job& job, Pool& pool, Work work) {
  const DispatchMarks marks = job.dispatch_begins();
  asio::post(pool.executor(), [marks, work = std::move(work)]() mutable {
    marks.starts();
    marks.call_begins();
    work();
    marks.call_ends();
    marks.forgotten();
    marks.thread_is_free();
  });
  marks.handed_over();
}

}  // namespace writebench::strategies
