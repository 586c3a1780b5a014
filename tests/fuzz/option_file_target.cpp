#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/options/usage_error.hpp"
#include "tests/fuzz/made_up_table.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/fuzz/temporary_file.hpp"

namespace writebench::fuzz {

// A file of options, as --config reads it.
void option_file(std::string_view bytes) {
  const TemporaryFile file(bytes);
  try {
    cli::CommandLine({"writebench", "--config", file.path()}, made_up_table()).parse();
  } catch (const cli::UsageError& error) {
    require(*error.what() != 0, "a refusal says nothing");
  }
}

}  // namespace writebench::fuzz
