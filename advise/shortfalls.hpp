#pragma once

#include <string>
#include <vector>

#include "advise/figures.hpp"
#include "reports/advice.hpp"

namespace writebench::advise {

/// What the cells of a search fail of the constraints, to tell which constraint would have to give.
class Shortfalls {
 public:
  /// `failed` is empty if the cell fulfils every constraint.
  void add(std::string cell, std::vector<Failure> failed);

  /// Of a cell that failed before the other constraints were tried.
  void add_partly_tried(std::string cell, std::vector<Failure> failed);

  /// Of each constraint that was failed: the cell that comes nearest to it and fulfils all others; if there is none,
  /// the one that comes nearest at all. Empty if one of the finalists fulfils everything.
  std::vector<reports::Advice::Nearest> nearest(const std::vector<reports::Advice::Finalist>& finalists) const;

 private:
  struct Shortfall {
    std::string cell;
    std::vector<Failure> failed;
    bool is_whole;  // every constraint was tried
  };

  std::vector<Shortfall> shortfalls_;
};

}  // namespace writebench::advise
