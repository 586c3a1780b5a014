#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "reports/json.hpp"
#include "reports/read/read.hpp"
#include "tests/reports/full_report.hpp"
#include "tests/reports/report_on_disk.hpp"

namespace writebench::reports {
namespace {

using nlohmann::json;

// Damages reports in ways that a seed repeats.
class Damage {
 public:
  explicit Damage(std::uint64_t seed) : random_(seed) {}

  std::string of(const std::string& text) {
    switch (below(8)) {
      case 0: return text.substr(0, below(text.size()));
      case 1: return flipped(text);
      case 2: return without_a_part(text);
      case 3: return with_a_part_twice(text);
      default: return edited(json::parse(text)).dump(1);
    }
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  std::string flipped(std::string text) {
    for (std::size_t i = 0; i <= below(4); ++i) text[below(text.size())] ^= static_cast<char>(1 << below(8));
    return text;
  }

  std::string without_a_part(std::string text) { return text.erase(below(text.size()), 1 + below(200)); }

  std::string with_a_part_twice(std::string text) {
    const std::string part = text.substr(below(text.size()), 1 + below(200));
    return text.insert(below(text.size()), part);
  }

  // One value somewhere, at any depth, is gone or is another.
  json edited(json report) {
    json* parent = nullptr;
    json* value = &report;
    while (value->is_structured() && !value->empty() && (parent == nullptr || below(6) != 0)) {
      parent = value;
      value = &*std::next(value->begin(), static_cast<std::ptrdiff_t>(below(value->size())));
    }
    switch (below(4)) {
      case 0:
        for (auto at = parent->begin(); at != parent->end(); ++at) {
          if (&*at != value) continue;
          parent->erase(at);
          return report;
        }
        return report;
      case 1: std::swap(*value, *std::next(parent->begin(), static_cast<std::ptrdiff_t>(below(parent->size())))); break;
      default: *value = other_value();
    }
    return report;
  }

  json other_value() {
    const json values[] = {nullptr,
                           true,
                           -1,
                           0,
                           1,
                           0.5,
                           1e300,
                           -1e300,
                           INT64_MAX,
                           INT64_MIN,
                           UINT64_MAX,
                           "",
                           "none",
                           "ok",
                           "line",
                           "bytes=18446744073709551615",
                           std::string(10'000, 'x'),
                           json::array(),
                           json::array({1, 2, 3}),
                           json::object(),
                           json::object({{"p50", 1}})};
    return values[below(std::size(values))];
  }

  std::mt19937_64 random_;
};

TEST(Mutation, GivesAReportOrOneLineThatRefusesIt) {
  const std::string text = to_json(tests::full_report());
  const tests::ReportOnDisk file(text);
  int refused = 0;
  constexpr int kMutations = 200;
  for (int seed = 0; seed < kMutations; ++seed) {
    file.write(Damage(static_cast<std::uint64_t>(seed)).of(text));
    try {
      const Report report = read_report(file.path());
      EXPECT_TRUE(json::accept(to_json(report))) << "seed " << seed;
    } catch (const BadReport& refusal) {
      ++refused;
      EXPECT_EQ(std::string(refusal.what()).find('\n'), std::string::npos) << "seed " << seed;
    }
  }
  EXPECT_GT(refused, kMutations / 2) << "most of what is damaged shows";
}

}  // namespace
}  // namespace writebench::reports
