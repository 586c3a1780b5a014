#include "cli/options/grid.hpp"

#include <gtest/gtest.h>

#include "tests/cli/options/ids_of.hpp"
#include "writebench/option.hpp"

namespace writebench::cli {
namespace {

using Ids = std::vector<std::string>;

Axis buffers(const std::vector<std::size_t>& sizes) {
  Axis axis{
      .name = "buffer", .values = {}, .used = [](const Descriptor& strategy) { return strategy.lists(kBufferSize); }};
  for (const std::size_t bytes : sizes) {
    axis.values.push_back(
        {std::to_string(bytes), [bytes](engine::CellSpec& cell) { cell.parameters.set(kBufferSize, bytes); }});
  }
  return axis;
}

Axis lines(const std::vector<std::uint64_t>& counts) {
  Axis axis{.name = "lines", .values = {}, .used = {}};
  for (const std::uint64_t count : counts) {
    axis.values.push_back({std::to_string(count), [count](engine::CellSpec& cell) { cell.parameters.lines = count; }});
  }
  return axis;
}

const Descriptor kBuffered{.name = "buffered", .family = "f", .summary = "s", .options = {&kBufferSize}};
const Descriptor kUsesNothing{.name = "plain", .family = "f", .summary = "s"};

TEST(Grid, OfOneValueEachIsTheStrategies) {
  const Grid grid = make_grid(std::vector{kBuffered, kUsesNothing}, {lines({5}), buffers({7})});
  EXPECT_EQ(ids_of(grid), (Ids{"buffered", "plain"}));
  EXPECT_EQ(grid.cells[0].parameters.lines, 5u);
  EXPECT_EQ(grid.cells[0].parameters.value(kBufferSize), 7u);
  ASSERT_EQ(grid.runnables.size(), 2u);
  EXPECT_EQ(grid.runnables[1].strategy.name, "plain");
}

TEST(Grid, IsTheCrossProductOfWhatAStrategyUses) {
  const Grid grid = make_grid(std::vector{kBuffered, kUsesNothing}, {lines({5, 6}), buffers({7, 8})});
  EXPECT_EQ(ids_of(grid), (Ids{"buffered@lines=5,buffer=7", "buffered@lines=5,buffer=8", "buffered@lines=6,buffer=7",
                               "buffered@lines=6,buffer=8", "plain@lines=5", "plain@lines=6"}));
  EXPECT_EQ(grid.cells[2].parameters.lines, 6u);
  EXPECT_EQ(grid.cells[2].parameters.value(kBufferSize), 7u);
  EXPECT_TRUE(grid.cells[5].parameters.options.empty()) << "a strategy has no value for what it does not list";
}

TEST(Grid, NumbersTwinsAndSaysOfWhich) {
  const Grid grid = make_grid(std::vector{kUsesNothing, kUsesNothing, kBuffered}, {buffers({1, 2})});
  EXPECT_EQ(ids_of(grid), (Ids{"plain", "plain#2", "buffered@buffer=1", "buffered@buffer=2"}));
  EXPECT_EQ(grid.cells[0].twin_of, "");
  EXPECT_EQ(grid.cells[1].twin_of, "plain");
}

}  // namespace
}  // namespace writebench::cli
