#include "cli/options/grid.hpp"

#include <map>

namespace writebench::cli {
namespace {

// Counts through the combinations as an odometer does, the last axis fastest; false after the last one.
bool advance(std::vector<std::size_t>& chosen, const std::vector<const Axis*>& axes) {
  for (std::size_t i = axes.size(); i-- > 0;) {
    if (++chosen[i] < axes[i]->values.size()) return true;
    chosen[i] = 0;
  }
  return false;
}

}  // namespace

std::vector<engine::Cell> make_cells(std::span<const Descriptor> strategies, const std::vector<Axis>& axes) {
  std::vector<engine::Cell> cells;
  std::map<std::string, int> twins;
  for (const Descriptor& strategy : strategies) {
    std::vector<const Axis*> varied;
    for (const Axis& axis : axes) {
      if (axis.values.size() > 1 && (axis.used == nullptr || axis.used(strategy))) varied.push_back(&axis);
    }
    std::vector<std::size_t> chosen(varied.size(), 0);
    do {
      engine::Cell cell;
      cell.strategy = strategy;
      cell.id = strategy.name;
      for (const Axis& axis : axes) axis.values.front().apply(cell);
      for (std::size_t i = 0; i < varied.size(); ++i) {
        const Axis::Value& value = varied[i]->values[chosen[i]];
        value.apply(cell);
        cell.id += i == 0 ? "@" : ",";
        cell.id += varied[i]->name;
        cell.id += "=";
        cell.id += value.label;
      }
      if (const int twin = ++twins[cell.id]; twin > 1) cell.id.append("#").append(std::to_string(twin));
      cells.push_back(std::move(cell));
    } while (advance(chosen, varied));
  }
  return cells;
}

}  // namespace writebench::cli
