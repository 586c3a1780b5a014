#pragma once

#include <mutex>

#include "engine/trial/sample.hpp"

namespace writebench::engine {

/// Adds up what the producer threads of one trial cost, each from begin() to end() on its own thread.
class CallerCost {
 public:
  void begin();
  void end();

  /// Replaces the caller's part of `cost` by the sum. Without producers `cost` stays as it is: there the caller is the
  /// thread that ran the strategy.
  void put_into(Cost& cost) const;

 private:
  mutable std::mutex mutex_;
  int producers_ = 0;
  Cost sum_;  // the caller's part alone
};

}  // namespace writebench::engine
