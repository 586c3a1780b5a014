#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options/exit_status.hpp"
#include "gate/comparison.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

/// How a verdict is found, as typed; what is not keeps the default of gate::Rule.
struct TypedRule {
  std::optional<std::string> threshold;
  std::optional<std::string> alpha;
};

void declare_rule(CLI::App& app, TypedRule& typed, const char* group);

/// Throws UsageError.
gate::Rule parse_rule(const TypedRule& typed);

/// The options of every verdict, as typed.
struct TypedSettings : TypedRule {
  std::string metric = std::string(gate::metrics().front().name);
  std::string fail_on = "regression";
  std::optional<std::string> format;
  bool json = false;
  std::vector<std::string> out;
  bool force = false;
};

void declare_settings(CLI::App& app, TypedSettings& typed);

/// The forms of a comparison, and what makes it fail, in the order of Format and FailOn.
inline const std::vector<std::string> kComparisonFormats{"table", "markdown", "junit", "json"};
inline const std::vector<std::string> kFailOnWords{"regression", "inconclusive", "never"};

/// Throws UsageError.
gate::ComparisonSettings parse_settings(const TypedSettings& typed);

}  // namespace writebench::cli
