#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options/grid.hpp"
#include "writebench/lines.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

/// The options that describe the work, as typed. Each may be a list or, if it is a number, a range.
struct TypedWorkload {
  std::optional<std::string> lines;
  std::string line_size;
  std::string line_size_range;
  std::string input;
  std::string line_content = "counter";
  std::string durability = "none";
  std::string sync_call = "fdatasync";
  std::string think = "0";
  std::string rate = "0";
  std::string burst = "1";
  std::string file = "new";
  std::string preallocate = "none";
  std::string caches = "warm";
};

void declare_workload(CLI::App& app, TypedWorkload& typed, const char* group);

/// Lines per second; the unit may be left out. Throws UsageError.
std::uint64_t parse_rate(std::string_view option, std::string_view text);

/// One axis for each of them. Throws UsageError.
std::vector<Axis> workload_axes(const TypedWorkload& typed);

/// Gives each cell its content: cells with the same lines share one. Throws UsageError if an
/// input cannot be read.
void add_contents(std::vector<engine::Cell>& cells, std::vector<engine::Runnable>& runnables,
                  const TypedWorkload& typed, std::uint64_t seed);

}  // namespace writebench::cli
