#pragma once

#include <string>

#include "engine/trial/leftovers.hpp"

namespace writebench::cli {

/// `DIR/.writebench-…, 3 files, 12.0 MB`.
std::string leftover_text(const engine::Leftover& leftover);

}  // namespace writebench::cli
