#include "cli/options/grid.hpp"

#include <fmt/format.h>

#include <map>

#include "cli/options/usage_error.hpp"
#include "reports/read/read.hpp"

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

Grid make_grid(std::span<const Descriptor> strategies, const std::vector<Axis>& axes) {
  Grid grid;
  std::map<std::string, int> times;
  for (const Descriptor& strategy : strategies) {
    std::vector<const Axis*> applied;
    for (const Axis& axis : axes) {
      if (!axis.used || axis.used(strategy)) applied.push_back(&axis);
    }
    std::vector<std::size_t> chosen(applied.size(), 0);
    do {
      engine::Cell cell;
      cell.strategy = engine::StrategyTraits(strategy);
      cell.id = strategy.name;
      char separator = '@';
      bool repeats = false;  // an earlier cell
      for (std::size_t i = 0; i < applied.size(); ++i) {
        const Axis::Value& value = applied[i]->values[chosen[i]];
        if (applied[i]->matters && !applied[i]->matters(cell)) {
          repeats = repeats || chosen[i] > 0;
          continue;
        }
        value.apply(cell);
        if (applied[i]->values.size() == 1) continue;
        cell.id += separator;
        cell.id += applied[i]->name + "=" + value.label;
        separator = ',';
      }
      if (repeats) continue;
      cell.makes_space = strategy.makes_space && strategy.makes_space(cell.parameters);
      if (const int time = ++times[cell.id]; time > 1) {
        cell.twin_of = cell.id;
        cell.id += "#" + std::to_string(time);
      }
      if (grid.cells.size() == reports::kMostCells) {
        throw UsageError(
            fmt::format("these options make more than {} cells, and no report has as many; sweep over fewer values",
                        reports::kMostCells));
      }
      grid.cells.push_back(std::move(cell));
      grid.runnables.push_back({strategy, nullptr});
    } while (advance(chosen, applied));
  }
  return grid;
}

}  // namespace writebench::cli
