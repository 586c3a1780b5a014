#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"

namespace writebench::gate {

/// The same cell in two reports: the same contract and work, and the same parameters as far as the strategy uses them.
struct Match {
  const engine::Cell* base = nullptr;
  const engine::Cell* head = nullptr;
  const engine::Cell* twin = nullptr;  ///< another cell of the base that is just like it; null if there is none
};

/// A cell that is not compared.
struct Unmatched {
  std::string id;
  std::string reason;
  bool failed = false;  ///< failed only in the head: it has got worse, though no time says by how much
  bool broken = false;  ///< a strategy failed or was wrong, in the base or in the head
};

struct Matching {
  std::vector<Match> matches;  ///< in the order of the head
  std::vector<Unmatched> rest;
};

/// The reference that did the same work correctly; null if there is none.
const engine::Cell* reference_of(const engine::Cell& cell, const reports::Report& report);

/// Finds the cells that can be compared. Controls are left out without a message. The pointers are into the reports.
Matching match(const reports::Report& base, const reports::Report& head);

/// Everything that two cells must have in common to be compared, as text: strategy, contract, lines, durability,
/// workload and the value of each option.
std::string identity_of(const engine::Cell& cell);

}  // namespace writebench::gate
