#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/trial/trial_runner.hpp"

namespace writebench::tests {

/// A clock that only trials move on.
class FakeClock {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  void pass(std::chrono::nanoseconds time) { now_ += time; }
  time_point now() const { return now_; }
  engine::Now reader() const {
    return [this] { return now_; };
  }

 private:
  time_point now_{};
};

/// What a trial measures that is right and takes that time, with nothing around it.
inline engine::TrialResult took(std::chrono::nanoseconds time) {
  engine::TrialResult result;
  result.sample.outcome = engine::Outcome::kOk;
  result.sample.submitted_ns = result.sample.drained_ns = result.sample.total_ns = time.count();
  return result;
}

/// What a trial measures that ends like this, after a moment.
inline engine::TrialResult ended(engine::Outcome outcome, std::string detail = "as the test wants it") {
  engine::TrialResult result;
  result.sample.outcome = outcome;
  result.sample.detail = std::move(detail);
  result.sample.total_ns = 1;
  return result;
}

/// Runs no trial at all: a function of the test's says what each one measures (no value: it was given up). Moves the
/// clock on by the whole time of each.
class FakeRunner final : public engine::TrialRunner {
 public:
  using Trials = std::function<std::optional<engine::TrialResult>(const engine::TrialRequest&)>;

  /// What was asked for, in order.
  struct Asked {
    std::string id;
    std::uint64_t lines;
    bool observe;
  };

  FakeRunner(FakeClock& clock, Trials trials) : clock_(clock), trials_(std::move(trials)) {}

  std::optional<engine::TrialResult> run(const engine::TrialRequest& request, const Waiting& waiting) override {
    asked.push_back({request.cell.id, request.cell.parameters.lines, request.observe});
    if (waiting && !waiting()) return std::nullopt;
    auto result = trials_(request);
    ++trials_of_[request.cell.id];
    if (result) clock_.pass(std::chrono::nanoseconds(result->sample.total_ns.value()));
    return result;
  }

  /// How many trials of a cell there have been; in the function of the test's, the 0-based number of this one.
  std::size_t trials(const std::string& id) const { return trials_of_.contains(id) ? trials_of_.at(id) : 0; }

  std::vector<Asked> asked;

 private:
  FakeClock& clock_;
  Trials trials_;
  std::map<std::string, std::size_t> trials_of_;
};

}  // namespace writebench::tests
