#pragma once

#include <sys/types.h>

#include <atomic>

#include "engine/trial/kernel_counters.hpp"
#include "engine/trial/sample.hpp"

namespace writebench::engine {

/// Adds up the cost of the producers of one trial, each from begin() to end() on its own thread. A producer in another
/// process than the one that made this object is the only one there: what its process cost in that time is added up
/// too. Keep the object in memory that these processes share. Plain memory without pointers.
class CallerCost {
 public:
  CallerCost();

  void begin();
  void end();

  /// The producers that were threads of this process.
  int threads() const { return threads_; }

  /// Replaces the caller's part of `cost` by the sum over the producers, and adds what other processes cost. Peaks of
  /// memory then have no value: they are those of one process. Without producers `cost` does not change: the caller
  /// then is the thread that ran the strategy.
  void put_into(Cost& cost) const;

 private:
  void add_process();

  const pid_t process_;
  std::atomic<int> threads_{0};
  std::atomic<int> processes_{0};  // other than this one
  CostSum callers_;
  CostSum others_;
};

}  // namespace writebench::engine
