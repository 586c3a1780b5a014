// writebench with the strategies that misbehave on purpose beside its own, to be run as a whole by the tests.
#include <algorithm>
#include <iterator>
#include <vector>

#include "cli/program.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/faulty.hpp"

int main(int argc, char** argv) {
  const auto own = writebench::strategies::table();
  std::vector<writebench::Descriptor> table(own.begin(), own.end());
  std::ranges::copy(writebench::tests::faulty(), std::back_inserter(table));
  return writebench::cli::program(argc, argv, table);
}
