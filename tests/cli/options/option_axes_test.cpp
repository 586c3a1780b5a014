#include "cli/options/option_axes.hpp"

#include <gtest/gtest.h>

#include "cli/options/usage_error.hpp"
#include "tests/cli/options/ids_of.hpp"

namespace writebench::cli {
namespace {

constexpr std::string_view kWords[] = {"off", "on", "auto"};
constexpr Option kPoll{.name = "poll",
                       .key = "poll",
                       .summary = "how completions are found",
                       .kind = Option::Kind::kWord,
                       .usual = 1,
                       .min = 0,
                       .words = kWords};
constexpr Option kPark{.name = "park",
                       .key = "park_ns",
                       .summary = "idle time before a thread parks",
                       .kind = Option::Kind::kNanoseconds,
                       .usual = 2000,
                       .min = 0,
                       .max = 1'000'000'000};

const std::vector<Descriptor> kStrategies{
    {.name = "ring", .family = "f", .summary = "s", .options = {&kBufferSize, &kPoll, &kPark}},
    {.name = "block", .family = "f", .summary = "s", .options = {&kBufferSize}},
    {.name = "plain", .family = "f", .summary = "s"}};

Grid grid_of(const TypedOptions& typed) { return make_grid(kStrategies, option_axes(typed, kStrategies)); }

std::string refusal_of(const std::string& set) {
  try {
    option_axes({.shared = {}, .set = {set}}, kStrategies);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(OptionAxes, GiveEachStrategyAValueForWhatItLists) {
  const Grid grid = grid_of({});
  EXPECT_EQ(ids_of(grid), (std::vector<std::string>{"ring", "block", "plain"}));
  EXPECT_EQ(grid.cells[0].parameters.options,
            (std::vector{OptionValue(kBufferSize, 65536), OptionValue(kPark, 2000), OptionValue(kPoll, 1)}));
  EXPECT_EQ(grid.cells[1].parameters.options, std::vector{OptionValue(kBufferSize, 65536)});
  EXPECT_TRUE(grid.cells[2].parameters.options.empty());
}

TEST(OptionAxes, SweepWhatBelongsToOneStrategyLikeAnyOther) {
  const Grid grid = grid_of({.shared = {}, .set = {"ring.poll=off,auto", "ring.park=1us..4us*2"}});
  EXPECT_EQ(ids_of(grid),
            (std::vector<std::string>{"ring@poll=off,park=1us", "ring@poll=off,park=2us", "ring@poll=off,park=4us",
                                      "ring@poll=auto,park=1us", "ring@poll=auto,park=2us", "ring@poll=auto,park=4us",
                                      "block", "plain"}));
  EXPECT_EQ(grid.cells[5].parameters.find("poll")->word, "auto");
  EXPECT_EQ(grid.cells[5].parameters.value(kPark), 4000u);
}

TEST(OptionAxes, SetASharedOptionForOneStrategyAlone) {
  TypedOptions typed{.shared = {}, .set = {"ring.buffer-size=4KiB"}};
  typed.shared[2] = "1KiB,2KiB";
  const Grid grid = grid_of(typed);
  EXPECT_EQ(ids_of(grid),
            (std::vector<std::string>{"ring", "block@buffer-size=1KiB", "block@buffer-size=2KiB", "plain"}));
  EXPECT_EQ(grid.cells[0].parameters.value(kBufferSize), 4096u);
}

TEST(OptionAxes, GiveAStrategyItsOwnDefaultOfASharedOption) {
  const std::vector<Descriptor> strategies{
      {.name = "lines", .family = "f", .summary = "s", .options = {&kQueueDepth}},
      {.name = "blocks", .family = "f", .summary = "s", .options = {&kBlocksInFlight}}};
  const auto depths = [&](const TypedOptions& typed) {
    std::vector<std::uint64_t> values;
    for (const auto& cell : make_grid(strategies, option_axes(typed, strategies)).cells) {
      values.push_back(cell.parameters.value(kQueueDepth));
    }
    return values;
  };
  EXPECT_EQ(depths({}), (std::vector<std::uint64_t>{1024, 8}));
  TypedOptions typed{.shared = {}, .set = {}};
  typed.shared[3] = "5,6";
  EXPECT_EQ(depths(typed), (std::vector<std::uint64_t>{5, 6, 5, 6}));
  EXPECT_EQ(depths({.shared = {}, .set = {"blocks.queue-depth=3"}}), (std::vector<std::uint64_t>{1024, 3}));
}

TEST(OptionAxes, RefuseWhatNoStrategyKnowsAndSuggestWhatOneDoes) {
  EXPECT_EQ(refusal_of("ring.pole=on"),
            "--set 'ring.pole=on': ring has no option 'pole'; it has buffer-size, poll, "
            "park; did you mean 'poll'?");
  EXPECT_NE(refusal_of("rink.poll=on").find("did you mean 'ring'"), std::string::npos) << refusal_of("rink.poll=on");
  EXPECT_EQ(refusal_of("plain.poll=on"), "--set 'plain.poll=on': plain has no options");
  EXPECT_NE(refusal_of("ring.poll=maybe").find("off, on or auto"), std::string::npos) << refusal_of("ring.poll=maybe");
  EXPECT_NE(refusal_of("ring.park=2s").find("from 0ns to 1s"), std::string::npos) << refusal_of("ring.park=2s");
  for (const char* const form : {"ring", "ring.poll", "poll=on", "ring=on.off"}) {
    EXPECT_NE(refusal_of(form).find("STRATEGY.OPTION=VALUE"), std::string::npos) << refusal_of(form);
  }
}

TEST(OptionAxes, RefuseToSetOneThingTwice) {
  EXPECT_THROW(option_axes({.shared = {}, .set = {"ring.poll=on", "ring.poll=off"}}, kStrategies), UsageError);
}

}  // namespace
}  // namespace writebench::cli
