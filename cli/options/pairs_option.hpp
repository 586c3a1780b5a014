#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "gate/interim_looks.hpp"

namespace writebench::cli {

/// --pairs, of a gate.
void declare_pairs(CLI::App& app, std::optional<std::string>& typed, const char* group);

/// Throws UsageError.
gate::InterimLooks parse_pairs(const std::optional<std::string>& typed);

}  // namespace writebench::cli
