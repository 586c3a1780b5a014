#pragma once

#include <span>
#include <string>
#include <string_view>

#include "writebench/strategy.hpp"

namespace writebench::cli {

/// A slow-down that is injected on purpose.
struct InjectedSlowDown {
  std::string strategy;  ///< empty: every one
  double share = 0;      ///< 0.1 is 10 % longer

  double of(std::string_view name) const { return strategy.empty() || strategy == name ? share : 0; }
};

/// `10%`, or `sync-buffered=10%`. Throws UsageError naming `option`.
InjectedSlowDown parse_slow_down(std::string_view option, const std::string& text, std::span<const Descriptor> table);

}  // namespace writebench::cli
