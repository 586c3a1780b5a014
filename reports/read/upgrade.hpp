#pragma once

#include <nlohmann/json_fwd.hpp>

namespace writebench::reports {

/// Gives a report of an earlier version (its "writebench_schema", at least 1) the form of version kSchema, so that
/// nothing else has to know the earlier forms. What is not as that version has it is left alone, for the reader to
/// refuse.
void upgrade(nlohmann::json& report);

}  // namespace writebench::reports
