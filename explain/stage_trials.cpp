#include "explain/stage_trials.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>

namespace writebench::explain {
namespace {

using engine::Stages;
using engine::StageTimes;
using reports::StageSummary;

StageTimes sum(const std::vector<Stages>& trials, const StageTimes& (*times_of)(const Stages&, std::size_t),
               std::size_t stage) {
  StageTimes all;
  for (const Stages& stages : trials) {
    const StageTimes& times = times_of(stages, stage);
    all.distribution = engine::merged(all.distribution, times.distribution);
    all.sum_ns += times.sum_ns;
  }
  return all;
}

const StageTimes& stage_of(const Stages& stages, std::size_t stage) { return stages.stages[stage]; }
const StageTimes& whole_of(const Stages& stages, std::size_t) { return stages.whole; }
const StageTimes& hand_over_of(const Stages& stages, std::size_t) { return stages.hand_over; }

// The mean over all dispatches of a count; no value unless every trial has it.
std::optional<double> per_dispatch(const std::vector<Stages>& trials, std::optional<std::int64_t> Stages::*count) {
  double sum = 0;
  double dispatches = 0;
  for (const Stages& stages : trials) {
    if (!(stages.*count)) return std::nullopt;
    sum += static_cast<double>(std::max<std::int64_t>(0, *(stages.*count)));
    dispatches += static_cast<double>(stages.dispatches);
  }
  return dispatches > 0 ? std::optional(sum / dispatches) : std::nullopt;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void add_threads(const std::vector<engine::ThreadTimes>& threads, StageSummary& summary) {
  for (const engine::ThreadTimes& thread : threads) {
    summary.switches += static_cast<double>(thread.voluntary_switches);
    (thread.is_caller ? summary.caller_delay_ns : summary.pool_delay_ns) += static_cast<double>(thread.run_delay_ns);
  }
}

}  // namespace

void StageTrials::add(const engine::TrialResult& trial) {
  const auto time_ns = trial.sample.time_ns();
  if (!time_ns) return;
  (trial.stages ? staged_ns_ : unstaged_ns_).push_back(static_cast<double>(*time_ns));
  if (trial.stages) stages_.push_back(*trial.stages);
}

void StageTrials::add_wakes(const engine::TrialResult& trial) {
  if (trial.stages) woken_.push_back(*trial.stages);
}

std::optional<StageSummary> StageTrials::summary(const engine::CellSpec& cell) const {
  StageSummary summary;
  summary.cell = cell.id;
  summary.trials = stages_.size();
  double same_processor = 0;
  double queue_sum = 0;
  for (const Stages& stages : stages_) {
    summary.dispatches += stages.dispatches;
    summary.awaited = stages.awaited;
    same_processor += static_cast<double>(stages.same_processor);
    queue_sum += static_cast<double>(stages.queue_sum);
    summary.queue_max = std::max(summary.queue_max, stages.queue_max);
    add_threads(stages.threads, summary);
  }
  if (summary.dispatches == 0) return std::nullopt;

  const auto dispatches = static_cast<double>(summary.dispatches);
  for (std::size_t i = 0; i < engine::kStages; ++i) {
    const StageTimes times = sum(stages_, stage_of, i);
    if (times.distribution.count == 0) continue;  // nobody awaits an answer
    summary.parts.push_back({std::string(engine::to_string(static_cast<engine::Stage>(i))), times.mean_ns(),
                             times.distribution.percentile_ns(0.5), times.distribution.percentile_ns(0.99)});
  }
  summary.whole_ns = sum(stages_, whole_of, 0).mean_ns();
  summary.hand_over_ns = sum(stages_, hand_over_of, 0).mean_ns();
  summary.same_processor_share = same_processor / dispatches;
  summary.queue_mean = queue_sum / dispatches;
  summary.loop_wakes = per_dispatch(stages_, &Stages::other_writes);
  summary.pool_wakes = per_dispatch(woken_, &Stages::futex_wakes);
  summary.switches /= dispatches;
  summary.caller_delay_ns /= dispatches;
  summary.pool_delay_ns /= dispatches;
  const double lines = std::max(1.0, static_cast<double>(cell.parameters.lines));
  summary.line_ns = mean(staged_ns_) / lines;
  if (!unstaged_ns_.empty()) summary.unstaged_line_ns = mean(unstaged_ns_) / lines;
  return summary;
}

}  // namespace writebench::explain
