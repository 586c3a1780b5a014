#pragma once

#include <span>
#include <string>
#include <vector>

#include "writebench/strategy.hpp"

namespace writebench::explain {

/// One variant of a ladder: what it is, and the one thing that it does beyond the variant before it.
struct Rung {
  const Descriptor* strategy;  ///< of the table
  Parameters parameters;
  std::string adds;  ///< empty for the first
};

/// The chain of variants from one that does nothing but walk the lines up to `subject` with `parameters`, each with one
/// difference to the one before it (Descriptor::simpler). The last is the subject itself. Lines and durability are
/// those of `parameters` in all. Throws std::logic_error if the table lacks a strategy that is named as a simpler one,
/// or if they form a circle.
std::vector<Rung> ladder_of(const Descriptor& subject, const Parameters& parameters, std::span<const Descriptor> table);

}  // namespace writebench::explain
