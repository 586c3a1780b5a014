#pragma once

#include <chrono>
#include <string>

#include "engine/trial/trial_runner.hpp"

namespace writebench::engine {

/// Has sh(1) run a command and waits for it; nothing that it starts outlives it. False if `waiting` ended that. Throws
/// std::runtime_error, which quotes the last line of its stderr, if it fails or takes longer than `timeout`.
bool run_prepare_command(const std::string& command, std::chrono::nanoseconds timeout,
                         const TrialRunner::Waiting& waiting);

}  // namespace writebench::engine
