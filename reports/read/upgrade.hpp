#pragma once

#include <nlohmann/json_fwd.hpp>

namespace writebench::reports {

/// Turns a report of an earlier schema into the form of this one, so that only one form is read. What is not as that
/// schema has it is left alone, for the reader to refuse.
void upgrade(nlohmann::json& report);

}  // namespace writebench::reports
