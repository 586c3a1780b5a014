#pragma once

#include <memory>
#include <string>
#include <vector>

#include "advise/candidates.hpp"
#include "engine/lines/sized_lines.hpp"
#include "strategies/table.hpp"

namespace writebench::advise {

inline constexpr std::uint64_t kFileBlockBytes = 4096;

/// Every strategy of the table with its defaults, on lines of 100 bytes.
inline std::vector<Contestant> contestants(const reports::Advice::Asked& asked, std::uint64_t lines = 100'000) {
  const auto content =
      std::make_shared<engine::SizedLines>(lines, engine::LineSizes{.least_bytes = 100, .most_bytes = 100, .seed = 0});
  std::vector<Contestant> all;
  for (const Descriptor& entry : strategies::table()) {
    if (entry.role != Role::kStrategy) continue;
    engine::Cell cell;
    cell.id = entry.name;
    cell.strategy = engine::StrategyTraits(entry);
    cell.parameters.lines = lines;
    cell.parameters.durability = asked.durability;
    for (const Option* option : entry.options) {
      const bool producers = option->name == kWriters.name || option->name == kProcesses.name;
      cell.parameters.set(*option, producers ? asked.writers : option->usual);
    }
    cell.workload.lines_kind = "sized";
    cell.workload.min_line_bytes = cell.workload.max_line_bytes = 100;
    cell.workload.pace.lines_per_second = asked.lines_per_second.value_or(0);
    cell.bytes = content->offset_bytes(lines);
    Descriptor available = entry;
    available.unavailable = {};
    all.push_back({std::move(cell), {std::move(available), content}});
  }
  return all;
}

inline Screening screened(const reports::Advice::Asked& asked) {
  return screen(contestants(asked), asked, kFileBlockBytes);
}

inline std::vector<std::string> names_of(const Screening& screening) {
  std::vector<std::string> names;
  for (const Candidate& candidate : screening.candidates) names.push_back(candidate.strategy().name);
  return names;
}

inline bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace writebench::advise
