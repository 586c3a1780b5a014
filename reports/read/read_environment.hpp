#pragma once

#include "engine/machine/environment.hpp"
#include "reports/read/json_field.hpp"

namespace writebench::reports {

/// The parts of a report that say where it was measured and with which build. Throw BadField.
engine::Environment read_environment(const Field& field);
engine::Build read_build(const Field& field);

}  // namespace writebench::reports
