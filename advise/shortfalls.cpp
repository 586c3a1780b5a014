#include "advise/shortfalls.hpp"

#include <algorithm>
#include <utility>

namespace writebench::advise {

using reports::Advice;
using reports::Hurdle;

void Shortfalls::add(std::string cell, std::vector<Failure> failed) {
  shortfalls_.push_back({std::move(cell), std::move(failed), true});
}

void Shortfalls::add_partly_tried(std::string cell, std::vector<Failure> failed) {
  shortfalls_.push_back({std::move(cell), std::move(failed), false});
}

std::vector<Advice::Nearest> Shortfalls::nearest(const std::vector<Advice::Finalist>& finalists) const {
  const bool fulfilled = std::any_of(shortfalls_.begin(), shortfalls_.end(), [&](const Shortfall& shortfall) {
    return shortfall.failed.empty() &&
           std::any_of(finalists.begin(), finalists.end(), [&](const auto& one) { return one.cell == shortfall.cell; });
  });
  if (fulfilled) return {};
  const bool any_whole =
      std::any_of(shortfalls_.begin(), shortfalls_.end(), [](const Shortfall& one) { return one.is_whole; });
  std::vector<Advice::Nearest> found;
  for (const bool alone : {true, false}) {
    for (const Hurdle constraint : {Hurdle::kLinesPerSecond, Hurdle::kMaxStall, Hurdle::kMaxMemory}) {
      const Failure* least = nullptr;
      const Shortfall* of = nullptr;
      for (const Shortfall& shortfall : shortfalls_) {
        if (any_whole && !shortfall.is_whole) continue;  // what else it fails is not known
        if (alone && shortfall.failed.size() != 1) continue;
        for (const Failure& failure : shortfall.failed) {
          if (failure.constraint != constraint || failure.found <= 0) continue;
          if (least != nullptr && failure.excess() >= least->excess()) continue;
          least = &failure;
          of = &shortfall;
        }
      }
      if (least != nullptr) found.push_back({constraint, of->cell, least->asked, least->found});
    }
    if (!found.empty()) break;
  }
  return found;
}

}  // namespace writebench::advise
