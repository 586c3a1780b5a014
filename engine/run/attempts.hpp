#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/trial/trial_runner.hpp"

namespace writebench::engine {

/// Runs one attempt at a trial, without its figures of the whole time. No value if `waiting` ended it.
using Attempt = std::function<std::optional<TrialResult>(const TrialRunner::Waiting& waiting)>;

/// A trial of as many attempts as it takes, at most kMostAttempts: one in which the process was stopped is run again.
/// An error that an attempt throws becomes what `failed` makes of it. Fills in the disturbances, stall_p99_ns,
/// stall_p999_ns and total_ns.
std::optional<TrialResult> run_attempts(const TrialRequest& request, const TrialRunner::Waiting& waiting,
                                        const Attempt& attempt,
                                        const std::function<TrialResult(const std::string& why)>& failed);

}  // namespace writebench::engine
