// The whole program with one more strategy, built against an installed writebench.
#include <vector>
#include <writebench/cli/program.hpp>
#include <writebench/strategies/table.hpp>
#include <writebench/strategy.hpp>

writebench::Descriptor every_hundred_entry();

int main(int argc, char** argv) {
  const auto own = writebench::strategies::table();
  std::vector<writebench::Descriptor> table(own.begin(), own.end());
  table.push_back(every_hundred_entry());
  return writebench::cli::program(argc, argv, table);
}
