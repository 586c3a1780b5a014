#include "cli/options/run_setup.hpp"

namespace writebench::cli {

engine::ForkRunner::Setup runner_setup_of(const Options& options, const std::optional<engine::Syncing>& syncing) {
  const engine::Syncing known = syncing.value_or(engine::Syncing{});
  return {.directory = options.directory,
          .timeout = options.timeout,
          .in_process = options.in_process,
          .own_writes = {.bytes_per_sync = known.bytes_beyond_data.value_or(0),
                         .bytes_per_trial = known.bytes_per_file.value_or(0)},
          .prepare_command = options.prepare_command,
          .keep_files = options.keep_files};
}

engine::ForkRunner::Runnables runnables_of(const Options& options) {
  engine::ForkRunner::Runnables runnables;
  for (std::size_t i = 0; i < options.cells.size(); ++i) runnables[options.cells[i].id] = options.runnables[i];
  return runnables;
}

}  // namespace writebench::cli
