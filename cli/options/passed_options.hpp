#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace writebench::cli {

/// Lets the command take the options of a run beside its own, as its remaining arguments, and says so in its help.
void take_options_of_a_run(CLI::App& command);

/// Throws UsageError if an --input among these options can be read only once. `ab` and `calibrate` pass their options
/// on to programs that each read it anew.
void refuse_input_read_once(const std::vector<std::string>& options);

}  // namespace writebench::cli
