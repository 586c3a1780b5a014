#include "cli/options/parse_quantity.hpp"
#include "cli/options/sweep.hpp"
#include "cli/options/usage_error.hpp"
#include "tests/fuzz/targets.hpp"

namespace writebench::fuzz {
namespace {

template <class Parse>
void try_to(Parse parse) {
  try {
    parse();
  } catch (const cli::UsageError&) {
  }
}

}  // namespace

// Counts, sizes, times, shares, durabilities, and sweeps of them: what is typed again from the value is that value.
void quantities(std::string_view text) {
  using namespace cli;
  const Bounds kBounds{.least = 1, .most = 1'000'000'000'000};
  const ParseNumber count = [kBounds](auto option, auto number) { return parse_count(option, number, kBounds); };
  const ParseNumber size = [](auto option, auto number) { return parse_size(option, number); };
  try_to([&] {
    const std::uint64_t value = parse_count("--lines", text, kBounds);
    require(value >= kBounds.least && value <= kBounds.most, "a count is out of bounds");
    require(parse_count("--lines", std::to_string(value)) == value, "a count reads differently");
  });
  try_to([&] {
    const std::uint64_t value = parse_size("--size", text);
    require(parse_size("--size", size_text(value)) == value, "a size reads differently");
  });
  try_to([&] {
    const auto value = static_cast<std::uint64_t>(parse_time("--think", text).count());
    require(parse_time("--think", time_text(value)).count() == static_cast<std::int64_t>(value),
            "a time reads differently");
  });
  try_to([&] {
    const double share = parse_share("--share", text);
    require(share >= 0 && share <= 1, "a share is out of bounds");
  });
  try_to([&] {
    const Durability durability = parse_durability("--durability", text);
    require(durability.kind != Durability::Kind::kBytes || durability.interval_bytes > 0, "syncs after 0 bytes");
  });
  for (const ParseNumber& parse : {count, size}) {
    try_to([&] { require(!parse_sweep("--lines", text, parse).empty(), "a sweep has no value"); });
  }
}

}  // namespace writebench::fuzz
