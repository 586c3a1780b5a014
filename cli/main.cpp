#include "cli/commit.hpp"
#include "cli/program.hpp"
#include "engine/machine/environment.hpp"
#include "strategies/table.hpp"

int main(int argc, char** argv) {
  writebench::engine::set_commit(writebench::cli::kCommit);
  return writebench::cli::program(argc, argv, writebench::strategies::table());
}
