#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/program/program.hpp"
#include "writebench/strategy.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

/// The external programs of a run, in the order in which they were named.
using Programs = std::vector<std::shared_ptr<const engine::Program>>;

/// --external, which may stand again; in the default group if `group` is null.
void declare_external(CLI::App& app, std::vector<std::string>& typed, const char* group);

/// Starts each program once and asks what it declares. `typed` are texts NAME=COMMAND. Throws UsageError if a name is
/// taken, in the table or by another program, or a program cannot be started or does not speak the protocol.
Programs ask_programs(const std::vector<std::string>& typed, std::span<const Descriptor> table);

/// The same for one program whose name is known; `option` is what named it.
std::shared_ptr<const engine::Program> ask_program(std::string_view option, const std::string& name,
                                                   const std::string& command);

/// Throws UsageError if an option of a program has the name of an option of one of the strategies that it is to run
/// beside, but takes other values: the two would be one column.
void check_shared_options(const Programs& programs, std::span<const Descriptor> strategies);

/// The table with the programs after its own strategies.
std::vector<Descriptor> with_programs(std::span<const Descriptor> table, const Programs& programs);

}  // namespace writebench::cli
