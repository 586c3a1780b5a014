// Writes the pages of the manual to a directory. A program of the build: what is installed are the pages.

#include <fstream>
#include <string>

#include "cli/command_line.hpp"
#include "cli/manual/manual.hpp"
#include "engine/machine/environment.hpp"
#include "strategies/table.hpp"

int main(int argc, char** argv) {
  using namespace writebench;
  if (argc != 2) return 2;
  const auto table = strategies::table();
  const cli::CommandLine command_line({"writebench"}, table);
  const std::string version = "writebench " + engine::this_build().version;
  for (const cli::ManualPage& page : cli::manual(command_line.app(), table, version)) {
    std::ofstream file(std::string(argv[1]) + "/" + page.name + ".1", std::ios::binary);
    if (!(file << page.text).flush()) return 1;
  }
  return 0;
}
