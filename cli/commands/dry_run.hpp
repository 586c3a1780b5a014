#pragma once

#include "cli/options/options.hpp"

namespace writebench::cli {

/// Says on stdout what run_command() would run and how long that takes, by short trials in a scratch directory. The
/// exit status and the refusals are those of run_command().
int dry_run_command(const Options& options);

}  // namespace writebench::cli
