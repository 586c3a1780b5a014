#pragma once

#include <nlohmann/json_fwd.hpp>

namespace writebench::reports {

/// Converts a report of an earlier version (its "writebench_schema", at least 1) to the form of version kSchema, so
/// that only this function knows the earlier forms. Values that do not have the form of their version stay as they are,
/// and the reader refuses them.
void upgrade(nlohmann::json& report);

}  // namespace writebench::reports
