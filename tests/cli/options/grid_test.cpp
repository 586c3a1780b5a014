#include "cli/options/grid.hpp"

#include <gtest/gtest.h>

namespace writebench::cli {
namespace {

using Ids = std::vector<std::string>;

Axis buffers(const std::vector<std::size_t>& sizes) {
  Axis axis{.name = "buffer", .values = {}, .used = [](const Descriptor& strategy) { return strategy.uses.buffer; }};
  for (const std::size_t bytes : sizes) {
    axis.values.push_back(
        {std::to_string(bytes), [bytes](engine::Cell& cell) { cell.parameters.buffer_bytes = bytes; }});
  }
  return axis;
}

Axis lines(const std::vector<std::uint64_t>& counts) {
  Axis axis{.name = "lines", .values = {}, .used = nullptr};
  for (const std::uint64_t count : counts) {
    axis.values.push_back({std::to_string(count), [count](engine::Cell& cell) { cell.parameters.lines = count; }});
  }
  return axis;
}

const Descriptor kBuffered{.name = "buffered", .family = "f", .summary = "s", .uses = {.buffer = true}};
const Descriptor kUsesNothing{.name = "plain", .family = "f", .summary = "s"};

Ids ids_of(const std::vector<engine::Cell>& cells) {
  Ids ids;
  for (const engine::Cell& cell : cells) ids.push_back(cell.id);
  return ids;
}

TEST(Grid, OfOneValueEachIsTheStrategies) {
  const auto cells = make_cells(std::vector{kBuffered, kUsesNothing}, {lines({5}), buffers({7})});
  EXPECT_EQ(ids_of(cells), (Ids{"buffered", "plain"}));
  EXPECT_EQ(cells[0].parameters.lines, 5u);
  EXPECT_EQ(cells[0].parameters.buffer_bytes, 7u);
}

TEST(Grid, IsTheCrossProductOfWhatAStrategyUses) {
  const auto cells = make_cells(std::vector{kBuffered, kUsesNothing}, {lines({5, 6}), buffers({7, 8})});
  EXPECT_EQ(ids_of(cells), (Ids{"buffered@lines=5,buffer=7", "buffered@lines=5,buffer=8", "buffered@lines=6,buffer=7",
                                "buffered@lines=6,buffer=8", "plain@lines=5", "plain@lines=6"}));
  EXPECT_EQ(cells[2].parameters.lines, 6u);
  EXPECT_EQ(cells[2].parameters.buffer_bytes, 7u);
  EXPECT_EQ(cells[5].parameters.buffer_bytes, 7u) << "what it ignores has its first value";
}

TEST(Grid, NumbersTwins) {
  EXPECT_EQ(ids_of(make_cells(std::vector{kUsesNothing, kUsesNothing, kBuffered}, {buffers({1, 2})})),
            (Ids{"plain", "plain#2", "buffered@buffer=1", "buffered@buffer=2"}));
}

}  // namespace
}  // namespace writebench::cli
