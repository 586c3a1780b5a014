#include <string>
#include <vector>

#include "engine/lines/replayed_lines.hpp"
#include "tests/fuzz/chosen.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/fuzz/temporary_file.hpp"

namespace writebench::fuzz {
namespace {

// The lines of the file, again and again, up to that number.
std::vector<std::string> expected_lines(const std::string& text, std::uint64_t count) {
  std::vector<std::string> of_file;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    of_file.push_back(text.substr(begin, end - begin) + "\n");
    begin = end + 1;
  }
  std::vector<std::string> lines;
  for (std::uint64_t i = 0; i < count; ++i) lines.push_back(of_file[i % of_file.size()]);
  return lines;
}

void check(const engine::ReplayedLines& content, const std::vector<std::string>& expected, std::uint64_t step) {
  std::uint64_t offset = 0;
  for (std::uint64_t number = 0; number < expected.size(); ++number) {
    require(content.offset_bytes(number) == offset, "a line has the wrong offset");
    offset += expected[number].size();
  }
  require(content.offset_bytes(expected.size()) == offset, "the lines have the wrong size");
  for (std::uint64_t first = 0; first < step && first < expected.size(); ++first) {
    std::uint64_t number = first;
    for (const std::string_view line : Lines(content, {first, step, (expected.size() - first - 1) / step + 1})) {
      require(line == expected[number], "a line of a share is not that of the file");
      number += step;
    }
    require(number >= expected.size() && number < expected.size() + step, "a share has too few or too many lines");
  }
}

}  // namespace

// A file to replay: first what is done with it, then its bytes. All shares together are the lines of the file, both if
// it is held in memory and if it is read on the way.
void replayed_lines(std::string_view bytes) {
  Chosen chosen(bytes);
  const std::uint64_t count = chosen.number(2) % 2000;
  const std::uint64_t step = 1 + chosen.number(1) % 20;
  const std::size_t repeats = std::size_t{1} << chosen.byte() % 10;
  const bool all = chosen.byte() % 2 == 0;
  std::string text;
  for (std::size_t i = 0; i < repeats && text.size() < (1u << 20); ++i) text += chosen.rest();
  const TemporaryFile file(text);
  for (const std::uint64_t held : {engine::ReplayedLines::kMostHeldBytes, std::uint64_t{0}}) {
    try {
      const engine::ReplayedLines content(file.path(), all ? std::nullopt : std::optional(count), held);
      require(!text.empty(), "an empty file is replayed");
      require(all || content.lines() == count, "the number of lines is not the one that was asked for");
      if (content.lines() > 20'000) return;
      content.arrange(step);
      check(content, expected_lines(text, content.lines()), step);
    } catch (const Finding&) {
      throw;
    } catch (const std::runtime_error& error) {
      require(text.empty(), std::string("a file cannot be replayed: ") + error.what());
    }
  }
}

}  // namespace writebench::fuzz
