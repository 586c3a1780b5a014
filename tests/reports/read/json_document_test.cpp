#include "reports/read/json_document.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/json.hpp"
#include "tests/reports/full_report.hpp"

namespace writebench::reports {
namespace {

using nlohmann::json;
using Kind = JsonValue::Kind;

constexpr JsonLimits kLimits{.values = 1'000'000};

// As the library would hold it, so that the two parsers can be compared.
json as_json(const JsonValue& value) {
  switch (value.kind()) {
    case Kind::kNull: return nullptr;
    case Kind::kBoolean: return value.flag();
    case Kind::kNatural: return value.natural();
    case Kind::kNegative: return static_cast<std::int64_t>(value.number());
    case Kind::kReal: return value.number();
    case Kind::kText: return std::string(value.text());
    case Kind::kArray: {
      json array = json::array();
      for (const JsonValue& item : value.items()) array.push_back(as_json(item));
      return array;
    }
    case Kind::kObject: {
      json object = json::object();
      for (const JsonMember& member : value.members()) object[std::string(member.key)] = as_json(member.value);
      return object;
    }
  }
  return nullptr;
}

BadJson::Kind kind_of_refusal(const std::string& text, const JsonLimits& limits = kLimits) {
  try {
    const JsonDocument document(text, limits);
  } catch (const BadJson& bad) {
    EXPECT_LE(bad.offset_bytes(), text.size());
    return bad.kind();
  }
  ADD_FAILURE() << "accepted: " << text.substr(0, 100);
  return BadJson::Kind::kSyntax;
}

TEST(JsonDocument, IsWhatTheLibraryReads) {
  for (const std::string& text :
       {std::string(
            R"({"a": [1, -2, 3.5, 1e3, -0, 0, 18446744073709551615, 18446744073709551616, 1e-400], "b": {}, "c": []})"),
        std::string(R"(["\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000z", "é", "", "\u202e"])"), std::string(" true "),
        std::string("\xef\xbb\xbf{}"), std::string("-1234567"), std::string("null"), to_json(tests::full_report())}) {
    const JsonDocument document(text, kLimits);
    EXPECT_EQ(as_json(document.root()), json::parse(text)) << text.substr(0, 100);
  }
}

TEST(JsonDocument, RefusesWhatTheLibraryRefuses) {
  for (const std::string text : {"",
                                 " ",
                                 "{",
                                 "[",
                                 "[1,]",
                                 "{\"a\":1,}",
                                 "[1 2]",
                                 "{\"a\" 1}",
                                 "{a:1}",
                                 "{1:1}",
                                 "01",
                                 "-",
                                 "1.",
                                 ".5",
                                 "1e",
                                 "1e+",
                                 "+1",
                                 "NaN",
                                 "Infinity",
                                 "tru",
                                 "nulls",
                                 "'a'",
                                 "\"a",
                                 "\"\\x\"",
                                 "\"\\u12\"",
                                 "\"\\ud800\"",
                                 "\"\\udc00\"",
                                 "\"\\ud800\\u0041\"",
                                 "\"\t\"",
                                 "\"\xff\"",
                                 "\"\xc0\x80\"",
                                 "\"\xed\xa0\x80\"",
                                 "[]]",
                                 "{}{}",
                                 "[1]x"}) {
    EXPECT_FALSE(json::accept(text)) << text;
    const BadJson::Kind kind = kind_of_refusal(text);
    EXPECT_TRUE(kind == BadJson::Kind::kSyntax || kind == BadJson::Kind::kCutOff) << text;
  }
  EXPECT_EQ(kind_of_refusal("[1e999]"), BadJson::Kind::kTooLarge);
}

TEST(JsonDocument, AnEndThatComesTooEarlyIsToldFromAnError) {
  const std::string text = to_json(tests::full_report());
  for (std::size_t bytes = 1; bytes + 2 < text.size(); bytes += 113) {
    EXPECT_EQ(kind_of_refusal(text.substr(0, bytes)), BadJson::Kind::kCutOff) << bytes;
  }
  EXPECT_EQ(kind_of_refusal("{\"a\": tru!"), BadJson::Kind::kSyntax);
}

TEST(JsonDocument, AnObjectWithTwoMembersOfOneNameIsRefused) {
  EXPECT_EQ(kind_of_refusal(R"({"a":1,"b":2,"a":3})"), BadJson::Kind::kRepeatedKey);
  EXPECT_EQ(kind_of_refusal(R"({"a":1,"\u0061":3})"), BadJson::Kind::kRepeatedKey) << "an escape hides nothing";
  std::string many = "{";
  for (int i = 0; i < 3000; ++i) many += "\"key" + std::to_string(i) + "\":0,";
  EXPECT_EQ(JsonDocument(many + "\"last\":0}", kLimits).root().size(), 3001u);
  EXPECT_EQ(kind_of_refusal(many + "\"key17\":0}"), BadJson::Kind::kRepeatedKey);
}

TEST(JsonDocument, AnObjectLikeTheOneBeforeItIsReadAsCarefully) {
  for (const char* const second : {
           R"({"a":5,"bc":6})",
           R"({"a":5})",
           "{}",
           R"({"a":5,"bc":6,"d":7})",
           R"({"bc":5,"a":6})",
           R"({"a":5,"b":6})",
           R"({"a":5,"bcd":6})",
           R"({"\u0061":5,"bc":6})",
           R"({"a" : 5 , "bc" : 6})",
           R"({"a":{"a":1,"bc":2},"bc":{}})",
       }) {
    const std::string text = std::string(R"([{"a":1,"bc":2},)") + second + R"(,{"a":3,"bc":4}])";
    EXPECT_EQ(as_json(JsonDocument(text, kLimits).root()), json::parse(text)) << text;
  }
  for (const char* const second : {R"({"a":5,"a":6})", R"({"a":5,"bc":6,"a":7})", R"({"a":5,"bc":6,"\u0061":7})"}) {
    EXPECT_EQ(kind_of_refusal(std::string(R"([{"a":1,"bc":2},)") + second + "]"), BadJson::Kind::kRepeatedKey);
  }
  EXPECT_EQ(kind_of_refusal(R"([{"a":1,"bc":2},{"a":1,"bc)"), BadJson::Kind::kCutOff);
  EXPECT_EQ(kind_of_refusal(R"([{"a":1,"bc":2},{"a":1,bc":2}])"), BadJson::Kind::kSyntax);
}

TEST(JsonDocument, KeepsToItsLimits) {
  EXPECT_EQ(kind_of_refusal("[[[[0]]]]", {.values = 100, .depth = 3}), BadJson::Kind::kTooDeep);
  EXPECT_EQ(kind_of_refusal("[0,0,0]", {.values = 3}), BadJson::Kind::kTooManyValues);
  EXPECT_EQ(kind_of_refusal(R"({"a":0,"b":0,"c":0})", {.values = 100, .members = 2}), BadJson::Kind::kTooManyValues);
  EXPECT_EQ(kind_of_refusal(std::string(1'000'000, '[')), BadJson::Kind::kTooDeep);
}

TEST(JsonDocument, PassesSamplesOnWithoutHoldingThem) {
  const std::string text =
      R"({"cells":[{"samples":[1,2],"x":[3]},{"samples":[]},{"y":0,"samples":[{"samples":[4]}]}],"samples":[5]})";
  std::string passed;
  const JsonDocument document(
      text, {.values = 14}, [&](const JsonValue& element, std::size_t cell, std::size_t sample) {
        passed += std::to_string(cell) + "." + std::to_string(sample) + "=" + as_json(element).dump() + " ";
      });
  EXPECT_EQ(passed, "0.0=1 0.1=2 2.0={\"samples\":[4]} ");
  const JsonValue& cells = document.root().members()[0].value;
  EXPECT_TRUE(cells.items()[0].members()[0].value.passed_on());
  EXPECT_EQ(cells.items()[0].members()[0].value.size(), 2u);
  EXPECT_EQ(as_json(document.root().members()[1].value), json::array({5}));
}

// How often a counting clock would tick is not known, but what takes quadratic time takes hours for these.
TEST(JsonDocument, TakesTimeThatGrowsWithTheTextWhateverItHolds) {
  constexpr std::size_t kCount = 300'000;
  const auto repeated = [](const std::string& begin, const std::string& item, const std::string& end) {
    std::string text = begin + item;
    for (std::size_t i = 1; i < kCount; ++i) text += "," + item;
    return text + end;
  };
  const JsonLimits limits{.values = 10 * kCount};
  EXPECT_EQ(JsonDocument(repeated("[", "{}", "]"), limits).root().size(), kCount);
  EXPECT_EQ(JsonDocument(repeated("[", "[]", "]"), limits).root().size(), kCount);
  EXPECT_EQ(JsonDocument(repeated("[", R"({"a":"\n"})", "]"), limits).root().size(), kCount);
  EXPECT_EQ(JsonDocument("\"" + std::string(kCount, '\\') + "\"", limits).root().size(), kCount / 2);
}

}  // namespace
}  // namespace writebench::reports
