#include "reports/unicode.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/json_text.hpp"

namespace writebench::reports {
namespace {

std::string utf8(std::uint32_t code_point) {
  std::string text;
  append_utf8(text, code_point);
  return text;
}

TEST(Unicode, EveryCharacterIsDecodedAsItWasEncoded) {
  for (std::uint32_t code_point = 0; code_point <= 0x10ffff; code_point += code_point < 0x3000 ? 1 : 97) {
    if (code_point >= 0xd800 && code_point <= 0xdfff) continue;
    const std::string text = utf8(code_point) + "x";
    EXPECT_EQ(character_at(text).code_point, code_point);
    EXPECT_EQ(character_at(text).bytes, text.size() - 1);
  }
}

TEST(Unicode, BytesThatAreNotUtf8AreOneByteEach) {
  for (const std::string_view text :
       {"\x80", "\xbf\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3x"}) {
    EXPECT_FALSE(character_at(text).code_point) << ::testing::PrintToString(text);
    EXPECT_EQ(character_at(text).bytes, 1u);
  }
}

TEST(Printable, ShowsWhatATerminalCouldObeyAsEscapes) {
  EXPECT_EQ(printable("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(printable("\r\a\x7f\0z"), "\\x0d\\x07\\x7f");
  EXPECT_EQ(printable(std::string_view("\0z", 2)), "\\x00z");
  EXPECT_EQ(printable("\u009b31m"), "\\x9b31m") << "the control sequence introducer as one character";
  EXPECT_EQ(printable("\x9b"
                      "31m"),
            "\\x9b31m")
      << "and as one byte";
  EXPECT_EQ(printable("a\u202eb\u2066c\u200ed\u061c"), "a\\u202eb\\u2066c\\u200ed\\u061c");
  EXPECT_EQ(printable("\u2028\u2029\u200b\u2060\ufeff\u00ad"), "\\u2028\\u2029\\u200b\\u2060\\ufeff\\xad");
  EXPECT_EQ(printable("\U000e0041\uffff"), "\\U000e0041\\uffff");
  EXPECT_EQ(printable("caf\xe9 \xe2\x82"), "caf\\xe9 \\xe2\\x82");
}

TEST(Printable, LeavesOtherTextAlone) {
  for (const std::string_view text : {"", "sync@buffer-size=64KiB", "µs … █▏", "日本語", "مرحبا", "\U0001F600"}) {
    EXPECT_EQ(printable(text), text);
  }
  EXPECT_EQ(printable("two\nlines"), "two\\x0alines");
  EXPECT_EQ(printable("two\nlines\t", true), "two\nlines\\x09");
  EXPECT_EQ(printable(printable("\x1b\u202e\xff")), printable("\x1b\u202e\xff")) << "what is printable stays";
}

TEST(PrintableJson, MeansTheSame) {
  std::string all;
  for (std::uint32_t code_point = 1; code_point < 0x10000; ++code_point) {
    if (code_point < 0xd800 || code_point > 0xdfff) append_utf8(all, code_point);
  }
  append_utf8(all, 0xe0041);
  append_utf8(all, 0x1f600);
  const std::string text = json_text({{"all", all}, {all, 1}});
  EXPECT_EQ(printable(text, true), text) << "nothing is left to escape";
  const auto again = nlohmann::json::parse(text);
  EXPECT_EQ(again["all"], all);
  EXPECT_EQ(again[all], 1);
}

TEST(PrintableJson, LeavesWhatIsPrintableAlone) {
  const std::string text = "{\n \"directory\": \"/tmp/Überblick/日本\"\n}\n";
  EXPECT_EQ(printable_json(text), text);
}

}  // namespace
}  // namespace writebench::reports
