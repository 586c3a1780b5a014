#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>

#include "tests/fuzz/targets.hpp"

namespace writebench::fuzz {

void PrintTo(const Target& target, std::ostream* out) { *out << target.name; }

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Corpus : public testing::TestWithParam<Target> {};

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(targets().begin(), targets().end() - 1),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(Corpus, HasNoFinding) {
  const fs::path corpus = fs::path(WRITEBENCH_SOURCE_DIR) / "tests/fuzz/corpora" / GetParam().name;
  std::size_t inputs = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(corpus)) {
    ++inputs;
    try {
      GetParam().run(text_of(entry.path()));
    } catch (const std::exception& error) {
      ADD_FAILURE() << entry.path() << ": " << error.what();
    }
  }
  EXPECT_GT(inputs, 0u);
}

TEST_P(Corpus, AnEmptyInputIsNoFinding) { EXPECT_NO_THROW(GetParam().run("")); }

TEST(PrintableText, IsTheOnlyOneThatIsAccepted) {
  for (const std::string_view text : {"plain\ntext", "\u00e9\u2588\u2026", "\U0001F600"}) {
    EXPECT_NO_THROW(require_printable(text, "it")) << text;
  }
  for (const std::string_view text :
       {"\x1b[31m", "\x7f", "\u009b", "\x9b", "\u202e", "\u200b", "\u2028", "\ufeff", "\xc0\x80", "\xe2\x82", "\xff"}) {
    EXPECT_THROW(require_printable(text, "it"), Finding) << text;
  }
}

}  // namespace
}  // namespace writebench::fuzz
