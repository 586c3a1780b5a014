// The whole program with a bare loop beside each strategy. benchmarks/bare_loops compares them.
#include <fmt/format.h>

#include "benchmarks/bare/loops.hpp"
#include "cli/program.hpp"
#include "strategies/table.hpp"

namespace writebench {

Descriptor bare::entry(std::string_view strategy, std::function<std::unique_ptr<Strategy>()> make) {
  Descriptor loop = *strategies::find(strategy);
  loop.name = fmt::format("bare-{}", strategy);
  loop.family = "bare loops";
  loop.summary = fmt::format("what {} does, without the harness", strategy);
  loop.role = Role::kRung;
  loop.contract.each_line_durable = false;
  loop.simpler = {};
  loop.may_lose_bytes = {};
  loop.make = std::move(make);
  return loop;
}

}  // namespace writebench

int main(int argc, char** argv) {
  const auto own = writebench::strategies::table();
  std::vector<writebench::Descriptor> table(own.begin(), own.end());
  for (auto* const loops :
       {writebench::bare::caller_writes_loops, writebench::bare::hand_off_loops, writebench::bare::parallel_loops,
        writebench::bare::durable_loops, writebench::bare::io_uring_loops, writebench::bare::page_cache_loops,
        writebench::bare::legacy_loops, writebench::bare::libraries_loops}) {
    for (writebench::Descriptor& loop : loops()) table.push_back(std::move(loop));
  }
  return writebench::cli::program(argc, argv, table);
}
