#include "cli/text/format_quantity.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace writebench::cli {
namespace {

TEST(Quantity, ShowsATimeInThreeDigitsAndAUnit) {
  const std::pair<double, const char*> times[] = {
      {0, "0 ns"},         {7, "7 ns"},         {999, "999 ns"},      {1'000, "1.00 us"},   {21'345, "21.3 us"},
      {999'000, "999 us"}, {1e6, "1.00 ms"},    {21.34e6, "21.3 ms"}, {214e6, "214 ms"},    {1e9, "1.00 s"},
      {6.52e9, "6.52 s"},  {17.94e9, "17.9 s"}, {300e9, "300 s"},     {36'000e9, "36000 s"}};
  for (const auto& [ns, text] : times) EXPECT_EQ(format_time(ns), text) << ns;
}

TEST(Quantity, ShowsADurationAsPeopleSayIt) {
  using namespace std::chrono_literals;
  const std::pair<std::chrono::nanoseconds, const char*> durations[] = {
      {0ns, "0 ms"}, {850ms, "850 ms"},       {999'800us, "1.0 s"}, {1500ms, "1.5 s"},         {9'940ms, "9.9 s"},
      {10s, "10 s"}, {59'600ms, "1 min 0 s"}, {100s, "1 min 40 s"}, {3599'700ms, "1 h 0 min"}, {7500s, "2 h 5 min"}};
  for (const auto& [duration, text] : durations) EXPECT_EQ(format_duration(duration), text);
}

TEST(Quantity, PassesToTheNextUnitWhereRoundingDoes) {
  EXPECT_EQ(format_time(999.4), "999 ns");
  EXPECT_EQ(format_time(999.6), "1.00 us");
  EXPECT_EQ(format_time(999'400), "999 us");
  EXPECT_EQ(format_time(999'600), "1.00 ms");
  EXPECT_EQ(format_time(9'996), "10.0 us");
  EXPECT_EQ(format_time(99'960), "100 us");
  EXPECT_EQ(format_time(450.5), "451 ns") << "the median of 450 and 451, as a report has it";
  EXPECT_EQ(format_time(30'349.5), "30.4 us");
  EXPECT_EQ(format_number(999.6), "1.00k");
  EXPECT_EQ(format_number(999'600), "1.00M");
}

TEST(Quantity, ShowsANumberInThreeDigitsAndAFactor) {
  const std::pair<double, const char*> numbers[] = {
      {0, "0"},     {0.07, "0.07"},    {0.9, "0.90"},     {5, "5.00"},        {42.34, "42.3"},
      {156, "156"}, {76'700, "76.7k"}, {23.5e6, "23.5M"}, {1.234e9, "1.23G"}, {85.4e9, "85.4G"}};
  for (const auto& [number, text] : numbers) EXPECT_EQ(format_number(number), text) << number;
}

TEST(Quantity, SaysWhichWayARatioGoes) {
  const std::pair<double, const char*> ratios[] = {
      {1.45, "1.45x slower"}, {12.1, "12.1x slower"},  {157, "157x slower"},
      {4299, "4299x slower"}, {0.5, "2.00x faster"},   {0.69, "1.45x faster"},
      {0.01, "100x faster"},  {43'000, "43kx slower"}, {2.5e-5, "40kx faster"}};
  for (const auto& [ratio, text] : ratios) EXPECT_EQ(format_ratio(ratio), text) << ratio;
}

TEST(FormatQuantity, ShowsAShareToThreeDigits) {
  EXPECT_EQ(format_percent(0), "0.00%");
  EXPECT_EQ(format_percent(0.0043), "0.43%");
  EXPECT_EQ(format_percent(0.1234), "12.3%");
  EXPECT_EQ(format_percent(1.13), "113%");
}

}  // namespace
}  // namespace writebench::cli
