#pragma once

#include <optional>
#include <string>

#include "cli/options/options.hpp"
#include "engine/machine/sync_probe.hpp"
#include "engine/run/fork_runner.hpp"

namespace writebench::cli {

/// Why a cell can never run, as far as that is known before any trial; no value if it can.
std::optional<std::string> unavailable(const engine::CellSpec& cell, const engine::Runnable& runnable);

/// How each trial is to be run, and how each cell is. `syncing` is what syncing does in the directory, if it was tried.
engine::ForkRunner::Setup runner_setup_of(const Options& options, const std::optional<engine::Syncing>& syncing);
engine::ForkRunner::Runnables runnables_of(const Options& options);

}  // namespace writebench::cli
