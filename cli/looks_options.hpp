#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "gate/looks.hpp"

namespace writebench::cli {

struct TypedLooks {
  std::optional<std::string> pairs;
  std::string looks = "4";
};

/// The options of a gate that say how many pairs it takes.
void declare_looks(CLI::App& app, TypedLooks& typed, const char* group);

/// Throws UsageError.
gate::Looks parse_looks(const TypedLooks& typed);

}  // namespace writebench::cli
