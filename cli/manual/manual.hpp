#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

#include "writebench/strategy.hpp"

namespace writebench::cli {

/// A page of the manual, for man(1).
struct ManualPage {
  std::string name;  ///< writebench, writebench-run
  std::string text;  ///< in the language of groff_man(7)
};

/// The pages of the program and of each of its commands, from what the command line declares and the table lists.
std::vector<ManualPage> manual(const CLI::App& app, std::span<const Descriptor> table, const std::string& version);

}  // namespace writebench::cli
