#include "engine/run/attempts.hpp"

#include <chrono>
#include <exception>
#include <new>

#include "engine/machine/interference.hpp"
#include "engine/machine/running_clock.hpp"

namespace writebench::engine {
namespace {

std::optional<TrialResult> without_errors(const TrialRunner::Waiting& waiting, const Attempt& attempt,
                                          const std::function<TrialResult(const std::string& why)>& failed) {
  std::string why;
  try {
    return attempt(waiting);
  } catch (const std::bad_alloc&) {
    why = "out of memory";
  } catch (const std::exception& error) {
    why = error.what();
  }
  return failed(why);
}

}  // namespace

std::optional<TrialResult> run_attempts(const TrialRequest& request, const TrialRunner::Waiting& waiting,
                                        const Attempt& attempt,
                                        const std::function<TrialResult(const std::string& why)>& failed) {
  const auto began = running_now();
  const TrialRunner::Waiting watched = [&] {
    running_now();
    return !waiting || waiting();
  };
  std::int64_t stopped_attempts = 0;
  std::optional<TrialResult> result;
  do {
    result = without_errors(watched, attempt, failed);
    if (!result) return std::nullopt;
    stopped_attempts += result->stopped;
  } while (result->stopped && result->sample.outcome == Outcome::kOk && stopped_attempts < kMostAttempts);
  Sample& sample = result->sample;
  if (stopped_attempts > 0) sample.interference.stopped_attempts = stopped_attempts;
  sample.disturbances = disturbances(sample.interference);
  if (request.observe) {
    sample.stall_p99_ns = result->caller_stall.percentile_ns(0.99);
    sample.stall_p999_ns = result->caller_stall.percentile_ns(0.999);
  }
  sample.total_ns = std::chrono::nanoseconds(running_now() - began).count();
  return result;
}

}  // namespace writebench::engine
