#pragma once

#include <optional>

#include "cli/options/options.hpp"
#include "engine/machine/sync_probe.hpp"
#include "engine/run/fork_runner.hpp"

namespace writebench::cli {

/// How each trial is to be run, and how each cell is. `syncing` is what syncing does in the directory, if it was tried.
engine::ForkRunner::Setup runner_setup_of(const Options& options, const std::optional<engine::Syncing>& syncing);
engine::ForkRunner::Runnables runnables_of(const Options& options);

}  // namespace writebench::cli
