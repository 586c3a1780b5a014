#pragma once

#include <cstdint>

#include "writebench/lines.hpp"

namespace writebench::engine {

/// Counts what a range of lines reports.
class CountingObserver final : public LineObserver {
 public:
  void line_is_due() override { ++due; }
  void line_is_done() override { ++done; }
  std::uint64_t due = 0;
  std::uint64_t done = 0;
};

}  // namespace writebench::engine
