#pragma once

#include <span>
#include <string>
#include <string_view>

#include "reports/report.hpp"
#include "writebench/strategy.hpp"

namespace writebench::reports {

std::string_view to_string(Option::Kind kind);
std::string_view to_string(Order order);
std::string_view to_string(Layout layout);
std::string_view to_string(Role role);
std::string_view to_string(Effort effort);
std::string to_string(const Durability& durability);

/// The report as JSON text, valid by report.schema.json; ends with a newline.
std::string to_json(const Report& report);

/// The strategies, the programs that ship with them and run only if they are named, and the options of both, as JSON
/// text, as `writebench list --json` prints it; ends with a newline.
std::string to_json(std::span<const Descriptor> strategies, std::span<const Descriptor> programs);

}  // namespace writebench::reports
