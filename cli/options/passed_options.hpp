#pragma once

#include <string>
#include <vector>

namespace writebench::cli {

/// Throws UsageError if an --input among these options can be read only once. `ab` and `calibrate` pass their options
/// on to programs that each read it anew.
void refuse_input_read_once(const std::vector<std::string>& options);

}  // namespace writebench::cli
