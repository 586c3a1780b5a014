#pragma once

#include <string>
#include <vector>

#include "cli/options/grid.hpp"

namespace writebench::cli {

inline std::vector<std::string> ids_of(const Grid& grid) {
  std::vector<std::string> ids;
  for (const engine::Cell& cell : grid.cells) ids.push_back(cell.id);
  return ids;
}

}  // namespace writebench::cli
