#pragma once

#include "engine/machine/environment.hpp"
#include "reports/read/json_field.hpp"

namespace writebench::reports {

/// The parts of a report that describe the machine and the build. Throw BadField.
engine::Environment read_environment(const Field& field);
engine::Build read_build(const Field& field);

}  // namespace writebench::reports
