#include "engine/run/fork_runner.hpp"

#include <unistd.h>

#include <utility>

#include "engine/lines/content_prefix.hpp"
#include "engine/trial/trial.hpp"
#include "engine/verification/verify.hpp"

namespace writebench::engine {
namespace {

using Clock = std::chrono::steady_clock;

// Reads the file back. False if `waiting` ended that.
bool verified(const CellSpec& cell, const Content& content, const std::string& path, const TrialRunner::Waiting& waiting, Sample& sample) {
  const auto writers = static_cast<unsigned>(cell.parameters.value(kWriters));
  const Verification verification = verify(path, content, cell.strategy.contract.order, writers,
                                           [&] { return waiting && !waiting(); });
  sample.order_unproven = verification.order_unproven;
  if (verification.right) return true;
  sample.outcome = Outcome::kIncorrect;
  sample.detail = verification.describe();
  return !verification.stopped;
}

std::string numbered(std::size_t number) { return std::to_string(number) + ".txt"; }

}  // namespace

ForkRunner::ForkRunner(Setup setup, Runnables runnables)
    : setup_(std::move(setup)), runnables_(std::move(runnables)), scratch_(setup_.directory), monitor_(setup_.directory) {}

std::optional<TrialResult> ForkRunner::run(const TrialRequest& request, const Waiting& waiting) {
  const Clock::time_point began = Clock::now();
  const std::string path = scratch_.file_path(file_name(request.cell));
  ::unlink(path.c_str());
  std::optional<TrialResult> result = verified_trial(request, path, waiting);
  if (!setup_.keep_files) ::unlink(path.c_str());
  if (!result) return std::nullopt;
  Sample& sample = result->sample;
  sample.injected_slow_down = setup_.injected_slow_down;
  if (request.observe) sample.stall_p99_ns = result->caller_stall.percentile_ns(0.99);
  sample.total_ns = std::chrono::nanoseconds(Clock::now() - began).count();
  return result;
}

std::vector<ForkRunner::KeptFile> ForkRunner::keep() {
  scratch_.keep();
  std::vector<KeptFile> files(numbers_.size());
  for (const auto& [cell_id, number] : numbers_) files[number - 1] = {numbered(number), cell_id};
  return files;
}

std::string ForkRunner::file_name(const CellSpec& cell) {
  return numbered(numbers_.try_emplace(cell.id, numbers_.size() + 1).first->second);
}

std::optional<TrialResult> ForkRunner::verified_trial(const TrialRequest& request, const std::string& path,
                                                      const Waiting& waiting) {
  const CellSpec& cell = request.cell;
  const Runnable& runnable = runnables_.at(cell.id);
  const bool whole = cell.parameters.lines == runnable.content->lines();
  const std::shared_ptr<const Content> content =
      whole ? runnable.content : std::make_shared<ContentPrefix>(runnable.content, cell.parameters.lines);
  const Trial trial{.strategy = runnable.strategy,
                    .parameters = cell.parameters,
                    .workload = cell.workload,
                    .content = *content,
                    .path = path,
                    .timeout = setup_.timeout,
                    .observe = request.observe,
                    .injected_slow_down = setup_.injected_slow_down,
                    .in_process = setup_.in_process};
  monitor_.trial_begins();
  std::optional<TrialResult> result = run_trial(trial, [&](const TrialUnderWay& under_way) {
    if (under_way.running) {
      monitor_.trial_runs(under_way.process, *under_way.running, under_way.written_before_bytes);
    }
    return !waiting || waiting();
  });
  if (!result) return std::nullopt;
  add_interference(*result);
  const bool done = result->sample.outcome != Outcome::kOk || verified(cell, *content, path, waiting, result->sample);
  return done ? std::move(result) : std::nullopt;
}

// The pressures are the trial's own: it alone can read them at its clock.
void ForkRunner::add_interference(TrialResult& result) {
  Sample& sample = result.sample;
  Interference around = monitor_.trial_ended(sample.cost.device_bytes.value_or(0) + result.set_up_device_bytes);
  around.cpu_pressure_ns = sample.interference.cpu_pressure_ns;
  around.io_pressure_ns = sample.interference.io_pressure_ns;
  around.memory_pressure_ns = sample.interference.memory_pressure_ns;
  sample.interference = around;
  sample.disturbances = disturbances(around);
}

}  // namespace writebench::engine
