#pragma once

#include <string>

#include "engine/lines/workload.hpp"
#include "writebench/lines.hpp"

namespace writebench::engine {

/// Puts an empty file into the state that the workload asks for; the strategy then writes `content` to it from offset 0
/// on. Throws IoError, and Unsupported if the file system cannot preallocate.
void set_up_file(int descriptor, const std::string& path, const Content& content, const Workload& workload);

}  // namespace writebench::engine
