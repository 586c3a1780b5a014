#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"

namespace writebench::gate {

/// The same cell in two reports: like contract, like work, like parameters as far as the strategy uses them.
struct Match {
  const engine::Cell* base = nullptr;
  const engine::Cell* head = nullptr;
  const engine::Cell* twin = nullptr;  ///< a second cell of the base just like it; null where there is none
};

/// A cell that nothing is inferred from.
struct Unmatched {
  std::string id;
  std::string reason;
  bool failed = false;  ///< in the head, and not in the base: it has got worse, though no time tells how much
};

struct Matching {
  std::vector<Match> matches;  ///< in the order of the head
  std::vector<Unmatched> rest;
};

/// The reference that did the same work, and right; null where there is none.
const engine::Cell* reference_of(const engine::Cell& cell, const reports::Report& report);

/// Finds what can be held against each other. The controls are left out in silence; the pointers are into the reports.
Matching match(const reports::Report& base, const reports::Report& head);

}  // namespace writebench::gate
