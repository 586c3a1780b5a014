#include "cli/options/parse_quantity.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "cli/options/usage_error.hpp"

namespace writebench::cli {
namespace {

using Refused = std::vector<std::pair<std::string, std::string>>;  // what was typed, and what is wrong with it

// Each must be refused in words that name the option, the value and what is wrong with it.
void expect_refused(const Refused& refused, const std::function<void(std::string_view)>& parse) {
  for (const auto& [text, reason] : refused) {
    try {
      parse(text);
      ADD_FAILURE() << "'" << text << "' was taken";
    } catch (const UsageError& error) {
      const std::string message = error.what();
      EXPECT_TRUE(message.starts_with("--option '" + text + "' ")) << message;
      EXPECT_NE(message.find(reason), std::string::npos) << message;
    }
  }
}

TEST(Count, TakesPlainNumbersFactorsAndExponents) {
  const std::pair<const char*, std::uint64_t> counts[] = {
      {"0", 0},           {"1", 1},           {"500000", 500'000}, {"500k", 500'000},     {"500K", 500'000},
      {"1e6", 1'000'000}, {"1E6", 1'000'000}, {"1.5M", 1'500'000}, {"2g", 2'000'000'000}, {"0.5k", 500},
      {"007", 7},         {"1e0", 1},         {"0k", 0},           {"12.0", 12}};
  for (const auto& [text, count] : counts) EXPECT_EQ(parse_count("--option", text), count) << text;
}

TEST(Count, TakesAFractionThatBinaryNumbersCannotHold) {
  EXPECT_EQ(parse_count("--option", "1.001k"), 1001u);
  EXPECT_EQ(parse_count("--option", "1.005M"), 1'005'000u);
}

TEST(Count, KeepsEveryDigit) {
  EXPECT_EQ(parse_count("--option", "9007199254740993"), 9'007'199'254'740'993u);
  EXPECT_EQ(parse_count("--option", "18446744073709551615"), UINT64_MAX);
}

TEST(Count, RefusesWhatIsNoNumber) {
  expect_refused({{"", "is not a number"},
                  {"abc", "is not a number"},
                  {"k", "is not a number"},
                  {"nan", "is not a number"},
                  {"inf", "is not a number"},
                  {"+5", "is not a number"},
                  {" 5", "is not a number"},
                  {"5 ", "unknown unit ' '"},
                  {"5x", "unknown unit 'x'"},
                  {"5KiB", "unknown unit 'kib'"},
                  {"1,000", "write 1000"},
                  {"1,000,000", "write 1000000"},
                  {"1,00", "unknown unit ',00'"},
                  {"1,0000", "unknown unit ',0000'"},
                  {"0x10", "unknown unit 'x10'"},
                  {"1e", "unknown unit 'e'"},
                  {"1.5", "is not a whole number"},
                  {"0.0001k", "is not a whole number"},
                  {"1e-3", "is not a whole number"}},
                 [](std::string_view text) { parse_count("--option", text); });
}

TEST(Count, RefusesWhatIsNegativeHoweverItIsWritten) {
  expect_refused({{"-5", "is negative"}, {"-0", "is negative"}, {"-1e400", "is negative"}, {"-", "is negative"}},
                 [](std::string_view text) { parse_count("--option", text); });
}

TEST(Count, RefusesWhatIsTooLargeInsteadOfWrappingAround) {
  expect_refused({{"18446744073709551616", "is too large"},
                  {"99999999999999999999", "is too large"},
                  {"99999999999999999999999999999999999999999999999999", "is too large"},
                  {"1e30", "is too large"},
                  {"1e400", "is too large"},
                  {"18446744073709551615k", "is too large"}},
                 [](std::string_view text) { parse_count("--option", text); });
}

TEST(Count, StaysWithinItsBounds) {
  const Bounds bounds{.least = 1, .most = 1000};
  EXPECT_EQ(parse_count("--option", "1", bounds), 1u);
  EXPECT_EQ(parse_count("--option", "1k", bounds), 1000u);
  expect_refused({{"0", "at least 1"}, {"1001", "at most 1000"}, {"1e30", "at most 1000"}, {"1.001k", "at most 1000"}},
                 [&](std::string_view text) { parse_count("--option", text, bounds); });
}

TEST(Size, TakesBinaryAndDecimalUnits) {
  const std::pair<const char*, std::uint64_t> sizes[] = {
      {"65536", 65'536},          {"64KiB", 65'536},   {"64kib", 65'536},
      {"64kB", 64'000},           {"1MB", 1'000'000},  {"1MiB", 1 << 20},
      {"1.5KiB", 1536},           {"7B", 7},           {"7b", 7},
      {"2GiB", 2ull << 30},       {"1GB", 1000000000}, {"1TiB", 1ull << 40},
      {"1TB", 1'000'000'000'000}, {"0.5MiB", 1 << 19}};
  for (const auto& [text, bytes] : sizes) EXPECT_EQ(parse_size("--option", text), bytes) << text;
}

TEST(Size, RefusesUnitsThatAreNone) {
  expect_refused({{"64KiBs", "unknown unit 'kibs'"},
                  {"64k", "unknown unit 'k'"},
                  {"64 KiB", "unknown unit ' kib'"},
                  {"1.5", "is not a whole number"},
                  {"1.0001KiB", "is not a whole number"},
                  {"KiB", "is not a number"},
                  {"99999999999TiB", "is too large"}},
                 [](std::string_view text) { parse_size("--option", text); });
}

TEST(Time, TakesEveryUnitFromNanosecondsToHours) {
  using namespace std::chrono_literals;
  const std::pair<const char*, std::chrono::nanoseconds> times[] = {
      {"10ns", 10ns}, {"10us", 10us}, {"10µs", 10us}, {"250ms", 250ms}, {"5s", 5s},          {"1.5s", 1500ms},
      {"2min", 2min}, {"2m", 2min},   {"1h", 1h},     {"0", 0ns},       {"1.005ms", 1005us}, {"1e3us", 1ms}};
  for (const auto& [text, time] : times) EXPECT_EQ(parse_time("--option", text), time) << text;
}

TEST(Time, RefusesWhatHasNoUnitOrNoEnd) {
  expect_refused({{"5", "lacks a unit"},
                  {"1.5", "lacks a unit"},
                  {"5d", "unknown unit 'd'"},
                  {"s", "is not a number"},
                  {"", "is not a number"},
                  {"-5s", "is negative"},
                  {"0.1ns", "is not a whole number"},
                  {"1e30s", "is too large"},
                  {"9999999h", "is too large"},
                  {"99999999999999999999ns", "is too large"}},
                 [](std::string_view text) { parse_time("--option", text); });
}

TEST(Durability, IsOneOfFour) {
  using Kind = Durability::Kind;
  EXPECT_EQ(parse_durability("--option", "none"), Durability{});
  EXPECT_EQ(parse_durability("--option", "close"), Durability{.kind = Kind::kClose});
  EXPECT_EQ(parse_durability("--option", "line"), Durability{.kind = Kind::kLine});
  EXPECT_EQ(parse_durability("--option", "bytes=64KiB"), (Durability{.kind = Kind::kBytes, .interval_bytes = 65'536}));
}

TEST(Durability, RefusesAnythingElse) {
  expect_refused({{"", "use none, close, bytes=SIZE or line"},
                  {"fsync", "use none, close, bytes=SIZE or line"},
                  {"None", "did you mean 'none'?"},
                  {"bytes", "did you mean 'bytes=SIZE'?"},
                  {"line=3", "did you mean 'line'?"},
                  {"bytes=", "is not a number"},
                  {"bytes=0", "at least 1"},
                  {"bytes=-1", "is negative"},
                  {"bytes=x", "is not a number"},
                  {"bytes=1e30", "is too large"}},
                 [](std::string_view text) { parse_durability("--option", text); });
}

}  // namespace
}  // namespace writebench::cli
