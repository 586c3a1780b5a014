#pragma once

#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gate/side.hpp"
#include "tests/gate/made_up.hpp"

namespace writebench::tests {

/// What every trial of a Fake takes, times its factor.
inline constexpr double kTimeNs = 1e6;

/// Has some cells of one time each, with log-normal noise.
class Fake final : public gate::Side {
 public:
  Fake(std::uint64_t seed, double sigma, double factor = 1, std::vector<std::string> ids = {"sync"})
      : random_(seed), noise_(0, sigma), factor_(factor), ids_(std::move(ids)) {}

  reports::Report cells() override {
    reports::Report report = report_of({});
    for (const std::string& id : ids_) {
      report.cells.push_back(cell_of(id));
      if (id == "null") report.cells.back().strategy.role = Role::kControl;
      if (const auto at = id.find('#'); at != id.npos) report.cells.back().twin_of = id.substr(0, at);
    }
    report.complete = false;
    return report;
  }

  engine::Sample trial(const std::string& id) override {
    const int number = trials_[id]++;
    engine::Sample sample = sample_of(0, kTimeNs * factor_ * noise_(random_));
    if (change_) change_(id, number, sample);
    return sample;
  }

  /// Called with each trial: its cell, its 0-based number among the cell's trials, what it measured.
  Fake& changing(std::function<void(const std::string&, int, engine::Sample&)> change) {
    change_ = std::move(change);
    return *this;
  }

  int trials(const std::string& id) const { return trials_.contains(id) ? trials_.at(id) : 0; }

 private:
  std::mt19937_64 random_;
  std::lognormal_distribution<double> noise_;
  double factor_;
  std::vector<std::string> ids_;
  std::map<std::string, int> trials_;
  std::function<void(const std::string&, int, engine::Sample&)> change_;
};

}  // namespace writebench::tests
