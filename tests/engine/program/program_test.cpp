#include "engine/program/program.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace writebench::engine {
namespace {

using Words = std::vector<std::string>;

TEST(WordsOfCommand, AreSeparatedByBlanksAndJoinedByQuotes) {
  EXPECT_EQ(words_of_command("python3 write.py"), (Words{"python3", "write.py"}));
  EXPECT_EQ(words_of_command("  a\tb\n c "), (Words{"a", "b", "c"}));
  EXPECT_EQ(words_of_command("sh -c 'exec \"$0\" *' \"two words\" a\\ b"),
            (Words{"sh", "-c", "exec \"$0\" *", "two words", "a b"}));
  EXPECT_EQ(words_of_command("a '' \"\" b"), (Words{"a", "", "", "b"}));
  EXPECT_EQ(words_of_command("a'b'\"c\"d"), (Words{"abcd"}));
  EXPECT_EQ(words_of_command("a \"\\\"\\\\\" '\\'"), (Words{"a", "\"\\", "\\"}));
}

TEST(WordsOfCommand, AreNotThereWithoutAProgramOrTheEndOfAQuote) {
  for (const char* text : {"", "  ", "''", "'' a", "a 'b", "a \"b", "a\\", "a \"\\\""}) {
    EXPECT_THROW(words_of_command(text), std::invalid_argument) << text;
  }
  EXPECT_THROW(words_of_command(std::string("a\0b", 3)), std::invalid_argument);
}

TEST(TextOfCommand, GivesTheSameWordsAgain) {
  const Words words{"a", "two words", "", "it's", "\"", "$HOME", "{path}", "a\\b"};
  EXPECT_EQ(words_of_command(text_of_command(words)), words);
  EXPECT_EQ(text_of_command(Words{"python3", "{path}", "a b"}), "python3 {path} 'a b'");
}

std::string why_not(const Program& program, const Parameters& parameters, const Workload& workload = {}) {
  return program.unavailable(parameters, workload).value_or("");
}

TEST(Program, HonoursNothingThatItDoesNotDeclare) {
  const Program program("py", {"py"}, "{}");
  EXPECT_EQ(why_not(program, {}), "");
  for (const Durability::Kind kind : {Durability::Kind::kClose, Durability::Kind::kBytes, Durability::Kind::kLine}) {
    EXPECT_NE(why_not(program, {.durability = {.kind = kind, .interval_bytes = 1}}), "");
  }
  EXPECT_NE(why_not(program, {}, {.lines_kind = "sized"}), "");
  EXPECT_NE(why_not(program, {}, {.random_bytes = true}), "");
  EXPECT_NE(why_not(program, {}, {.pace = {.think = std::chrono::nanoseconds(1)}}), "");
  EXPECT_NE(why_not(program, {}, {.file_state = FileState::kTruncate}), "");
  EXPECT_NE(why_not(program, {}, {.preallocation = Preallocation::kSize}), "");
  const Descriptor descriptor = program.descriptor();
  EXPECT_EQ(descriptor.name, "py");
  EXPECT_EQ(descriptor.contract.order, Order::kGlobal);
  EXPECT_FALSE(descriptor.contract.each_line_durable);
  EXPECT_EQ(descriptor.role, Role::kStrategy);
}

TEST(Program, HonoursWhatItDeclares) {
  const Program program("py", {"py"}, R"({"durability": ["close", "bytes", "line"], "lines": ["counter", "file"],
      "honours": ["pace", "file", "preallocate"], "order": "none", "options": ["writers", "buffer-size"]})");
  for (const Durability::Kind kind : {Durability::Kind::kClose, Durability::Kind::kBytes, Durability::Kind::kLine}) {
    EXPECT_EQ(why_not(program, {.durability = {.kind = kind, .interval_bytes = 1}}), "");
  }
  EXPECT_EQ(why_not(program, {},
                    {.lines_kind = "replayed",
                     .pace = {.think = std::chrono::nanoseconds(1)},
                     .file_state = FileState::kTruncate,
                     .preallocation = Preallocation::kSize}),
            "");
  EXPECT_EQ(program.descriptor().contract.order, Order::kNone);
  EXPECT_TRUE(program.descriptor().lists(kWriters));
  EXPECT_TRUE(program.descriptor().lists(kBufferSize));
  EXPECT_FALSE(program.takes_file({}));
  EXPECT_TRUE(program.takes_file({.lines_kind = "sized"}));
}

TEST(Program, TakesAllLinesFromAFileIfItCannotCount) {
  const Program program("tee", {"tee"}, R"({"lines": ["file"]})");
  EXPECT_TRUE(program.takes_file({}));
}

TEST(Program, WritesNothingIfItDeclaresThat) {
  const Program program("no-op", {"no-op"}, R"({"order": "nothing"})");
  EXPECT_EQ(program.descriptor().role, Role::kControl);
}

TEST(Program, HasOptionsOfItsOwn) {
  const Program program("py", {"py"}, R"({"options": [
      {"name": "batch", "summary": "lines at once", "usual": 64, "min": 1, "max": 1000},
      {"name": "page-size", "kind": "bytes", "usual": 4096},
      {"name": "pause", "kind": "nanoseconds"},
      {"name": "mode", "words": ["slow", "fast"], "usual": "fast"}]})");
  const auto& options = program.declaration().options;
  ASSERT_EQ(options.size(), 4u);
  EXPECT_EQ(options[0]->summary, "lines at once");
  EXPECT_EQ(options[0]->usual, 64u);
  EXPECT_EQ(options[0]->max, 1000u);
  EXPECT_EQ(options[1]->key, "page_size_bytes");
  EXPECT_EQ(options[1]->kind, Option::Kind::kBytes);
  EXPECT_EQ(options[2]->key, "pause_ns");
  EXPECT_EQ(options[3]->words[options[3]->usual], "fast");
}

TEST(Program, DeclaresNothingElse) {
  for (const char* declared : {"",
                               "[]",
                               "1",
                               "{",
                               "nonsense",
                               R"({"speed": 1})",
                               R"({"durability": "close"})",
                               R"({"durability": [1]})",
                               R"({"durability": ["closed"]})",
                               R"({"honours": ["line"]})",
                               R"({"lines": []})",
                               R"({"lines": ["stdin"]})",
                               R"({"order": "any"})",
                               R"({"order": 1})",
                               R"({"layout": "two-files"})",
                               R"({"order": "per-writer"})",
                               R"({"layout": "file-per-writer"})",
                               R"({"options": {}})",
                               R"({"options": [1]})",
                               R"({"options": ["speed"]})",
                               R"({"options": ["writers", "writers"]})",
                               R"({"options": [{}]})",
                               R"({"options": [{"name": ""}]})",
                               R"({"options": [{"name": "a b"}]})",
                               R"({"options": [{"name": "writers"}]})",
                               R"({"options": [{"name": "a", "kind": "float"}]})",
                               R"({"options": [{"name": "a", "usual": -1}]})",
                               R"({"options": [{"name": "a", "usual": 1.5}]})",
                               R"({"options": [{"name": "a", "min": 2, "usual": 1}]})",
                               R"({"options": [{"name": "a", "usual": 99999999999999999999}]})",
                               R"({"options": [{"name": "a", "kind": "word"}]})",
                               R"({"options": [{"name": "a", "words": []}]})",
                               R"({"options": [{"name": "a", "words": ["b"], "usual": "c"}]})",
                               R"({"options": [{"name": "a", "size": 1}]})",
                               R"({"options": [{"name": "a"}, {"name": "a"}]})"}) {
    EXPECT_THROW(Program("py", {"py"}, declared), BadDeclaration) << declared;
  }
}

}  // namespace
}  // namespace writebench::engine
