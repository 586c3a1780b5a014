#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gate/side.hpp"
#include "tests/engine/run/fake_runner.hpp"
#include "tests/gate/made_up.hpp"

namespace writebench::tests {

/// What every trial of a Fake takes, times its factor.
inline constexpr double kTimeNs = 1e6;

/// Has some cells of one time each, with log-normal noise; its clock moves on with its own trials.
class Fake final : public engine::TrialRunner {
 public:
  Fake(std::uint64_t seed, double sigma, double factor = 1, std::vector<std::string> ids = {"sync"})
      : random_(seed), noise_(0, sigma), factor_(factor), ids_(std::move(ids)) {}
  Fake(const Fake&) = delete;
  Fake& operator=(const Fake&) = delete;

  reports::Report cells() const {
    reports::Report report = report_of({});
    for (const std::string& id : ids_) {
      report.cells.push_back(cell_of(id));
      if (id == "null") report.cells.back().strategy.role = Role::kControl;
      if (const auto at = id.find('#'); at != id.npos) report.cells.back().twin_of = id.substr(0, at);
    }
    report.complete = false;
    return report;
  }

  gate::Side side() { return {cells(), *this}; }

  std::optional<engine::TrialResult> run(const engine::TrialRequest& request, const Waiting& waiting) override {
    return runner_.run(request, waiting);
  }

  /// Called with each trial: its cell, its 0-based number among the cell's trials, what it measured.
  Fake& changing(std::function<void(const std::string&, int, engine::Sample&)> change) {
    change_ = std::move(change);
    return *this;
  }

  /// The trial of that 0-based number of each cell is given up.
  Fake& interrupted_at(int number) {
    interrupted_at_ = number;
    return *this;
  }

  int trials(const std::string& id) const { return static_cast<int>(runner_.trials(id)); }
  const std::vector<FakeRunner::Asked>& asked() const { return runner_.asked; }
  std::chrono::nanoseconds spent() const { return clock_.now().time_since_epoch(); }

 private:
  std::optional<engine::TrialResult> trial(const std::string& id) {
    const int number = trials(id);
    if (number == interrupted_at_) return std::nullopt;
    engine::Sample sample = sample_of(0, kTimeNs * factor_ * noise_(random_));
    if (change_) change_(id, number, sample);
    sample.total_ns = sample.time_ns().value_or(1);
    return engine::TrialResult{.sample = std::move(sample), .caller_stall = {}, .loop_lag = {}};
  }

  std::mt19937_64 random_;
  std::lognormal_distribution<double> noise_;
  double factor_;
  std::vector<std::string> ids_;
  FakeClock clock_;
  FakeRunner runner_{clock_, [this](const engine::TrialRequest& request) { return trial(request.cell.id); }};
  std::function<void(const std::string&, int, engine::Sample&)> change_;
  int interrupted_at_ = -1;
};

/// The clock of a session of the two.
inline engine::Now clock_of(const Fake& base, const Fake& head) {
  return [&] { return FakeClock::time_point() + base.spent() + head.spent(); };
}

}  // namespace writebench::tests
