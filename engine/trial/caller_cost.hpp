#pragma once

#include <mutex>

#include "engine/trial/sample.hpp"

namespace writebench::engine {

/// Adds up the cost of the producer threads of one trial, each from begin() to end() on its own thread.
class CallerCost {
 public:
  void begin();
  void end();

  int producers() const;

  /// Replaces the caller's part of `cost` by the sum. Without producers `cost` does not change: the caller then is the
  /// thread that ran the strategy.
  void put_into(Cost& cost) const;

 private:
  mutable std::mutex mutex_;
  int producers_ = 0;
  Cost sum_;  // only the caller's part
};

}  // namespace writebench::engine
