#pragma once

#include <chrono>

namespace writebench {

/// Records what a dispatched write consists of: a caller hands work over to a thread of a pool, the thread makes the
/// blocking call, and the answer goes back to whoever awaits it. Calls come from the thread on which the moment occurs.
class DispatchObserver {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  /// The moments of one dispatched write. Only one thread at a time uses it.
  struct Dispatch {
    Moment begins{};       ///< the caller begins to hand the work over
    Moment starts{};       ///< a thread of the pool begins it
    Moment call_begins{};  ///< the blocking call begins
    Moment call_ends{};    ///< and ends
    Moment thread_free{};  ///< what that thread did before had ended then
    int processor = -1;    ///< on which the caller handed it over
  };

  virtual ~DispatchObserver() = default;

  /// The caller begins to hand work over. The observer owns what it returns.
  virtual Dispatch* begins() = 0;

  /// The call in which the caller handed it over has returned, perhaps after the work has ended.
  virtual void handed_over() = 0;

  virtual void starts(Dispatch&) = 0;
  virtual void call_begins(Dispatch&) = 0;
  virtual void call_ends(Dispatch&) = 0;

  /// The caller has the answer and goes on: the end of an awaited dispatch.
  virtual void goes_on(Dispatch*) = 0;

  /// Nobody awaits the answer: the end of a dispatch that is not awaited.
  virtual void forgotten(Dispatch*) = 0;

  /// The calling thread of the pool has done everything for one piece of work.
  virtual void thread_is_free() = 0;
};

/// Passes the moments of one dispatched write on to an observer, if there is one. Copied along with the work.
class DispatchMarks {
 public:
  explicit DispatchMarks(DispatchObserver* observer)
      : observer_(observer), dispatch_(observer != nullptr ? observer->begins() : nullptr) {}

  void handed_over() const {
    if (observer_ != nullptr) observer_->handed_over();
  }
  void starts() const {
    if (observer_ != nullptr) observer_->starts(*dispatch_);
  }
  void call_begins() const {
    if (observer_ != nullptr) observer_->call_begins(*dispatch_);
  }
  void call_ends() const {
    if (observer_ != nullptr) observer_->call_ends(*dispatch_);
  }
  void goes_on() const {
    if (observer_ != nullptr) observer_->goes_on(dispatch_);
  }
  void forgotten() const {
    if (observer_ != nullptr) observer_->forgotten(dispatch_);
  }
  void thread_is_free() const {
    if (observer_ != nullptr) observer_->thread_is_free();
  }

 private:
  DispatchObserver* observer_;
  DispatchObserver::Dispatch* dispatch_;
};

}  // namespace writebench
