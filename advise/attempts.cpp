#include "advise/attempts.hpp"

#include <algorithm>
#include <utility>

namespace writebench::advise {

using reports::Advice;
using reports::Hurdle;

void Attempts::add(std::string cell, std::vector<Failure> failed) {
  attempts_.push_back({std::move(cell), std::move(failed), true});
}

void Attempts::add_partly_tried(std::string cell, std::vector<Failure> failed) {
  attempts_.push_back({std::move(cell), std::move(failed), false});
}

std::vector<Advice::Nearest> Attempts::nearest(const std::vector<Advice::Finalist>& finalists) const {
  const bool fulfilled = std::any_of(attempts_.begin(), attempts_.end(), [&](const Attempt& attempt) {
    return attempt.failed.empty() &&
           std::any_of(finalists.begin(), finalists.end(), [&](const auto& one) { return one.cell == attempt.cell; });
  });
  if (fulfilled) return {};
  const bool any_whole =
      std::any_of(attempts_.begin(), attempts_.end(), [](const Attempt& one) { return one.is_whole; });
  std::vector<Advice::Nearest> found;
  for (const bool alone : {true, false}) {
    for (const Hurdle constraint : {Hurdle::kLinesPerSecond, Hurdle::kMaxStall, Hurdle::kMaxMemory}) {
      const Failure* least = nullptr;
      const Attempt* of = nullptr;
      for (const Attempt& attempt : attempts_) {
        if (any_whole && !attempt.is_whole) continue;  // what else it fails is not known
        if (alone && attempt.failed.size() != 1) continue;
        for (const Failure& failure : attempt.failed) {
          if (failure.constraint != constraint || failure.found <= 0) continue;
          if (least != nullptr && failure.excess() >= least->excess()) continue;
          least = &failure;
          of = &attempt;
        }
      }
      if (least != nullptr) found.push_back({constraint, of->cell, least->asked, least->found});
    }
    if (!found.empty()) break;
  }
  return found;
}

}  // namespace writebench::advise
