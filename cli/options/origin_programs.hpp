#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/program/program.hpp"
#include "writebench/strategy.hpp"

namespace writebench::cli {

/// The family of the programs of the origin case in Python and Node (scripts/peers), which ship with writebench. Only
/// its name or that of a program chooses them.
inline constexpr std::string_view kOriginFamily = "origin";

/// Their entries, without starting any program: only a missing interpreter makes one unavailable.
std::vector<Descriptor> origin_entries();

/// What --strategy selects, with the strategies of the table that stand beside the family.
std::vector<std::string> with_counterparts(std::vector<std::string> selectors, std::span<const Descriptor> table);

/// Starts the program of an entry and asks what it declares. If it cannot run here, the entry becomes unavailable, with
/// the reason and the Debian package that is missing, and the program is null. Throws UsageError if a signal
/// interrupts.
std::shared_ptr<const engine::Program> ask_origin_program(Descriptor& entry);

}  // namespace writebench::cli
