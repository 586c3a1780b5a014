#pragma once

#include <optional>
#include <string>

#include "cli/options/options.hpp"
#include "engine/run/run.hpp"

namespace writebench::cli {

/// Why a cell can never run, as far as that is known before any trial; no value if it can.
std::optional<std::string> unavailable(const engine::CellSpec& cell, const engine::Runnable& runnable);

/// How the cells are to be run.
engine::RunSetup setup_of(const Options& options);

}  // namespace writebench::cli
