#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/comparison.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

/// What makes a gate fail.
enum class FailOn { kRegression, kInconclusive, kNever };

/// The options of every verdict, as typed.
struct TypedSettings {
  std::string threshold = "5%";
  std::string alpha = "1%";
  std::string metric = "time";
  std::string fail_on = "regression";
  std::optional<std::string> format;
  bool json = false;
  std::vector<std::string> out;
  bool force = false;
};

void declare_settings(CLI::App& app, TypedSettings& typed);

/// Throws UsageError.
gate::ComparisonSettings parse_settings(const TypedSettings& typed);

}  // namespace writebench::cli
