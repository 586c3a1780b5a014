#include "advise/part.hpp"

#include <utility>

#include "reports/cell_id.hpp"

namespace writebench::advise {

std::size_t Part::add(const Contestant& contestant, const Parameters& settings, double lines_per_second,
                      std::uint64_t lines, std::optional<std::uint64_t> asked_lines) {
  engine::Cell cell = contestant.cell;
  cell.parameters = settings;
  cell.parameters.lines = lines;
  cell.asked_lines = asked_lines;
  cell.workload.pace.lines_per_second = lines_per_second;
  cell.bytes = contestant.runnable.content->offset_bytes(lines);
  cell.id = reports::id_with_options(cell, name_);
  cells.push_back(std::move(cell));
  runnables.push_back(contestant.runnable);
  return cells.size() - 1;
}

void Part::use_all_lines_of_mappings() {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].asked_lines || !runnables[i].strategy.access.read) continue;
    static_cast<engine::CellSpec&>(cells[i]) = engine::as_asked(cells[i]);
    cells[i].bytes = runnables[i].content->offset_bytes(cells[i].parameters.lines);
  }
}

}  // namespace writebench::advise
