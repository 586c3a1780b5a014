#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "engine/lines/replayed_lines.hpp"
#include "engine/lines/sized_lines.hpp"
#include "engine/verification/repetition.hpp"
#include "engine/verification/verify.hpp"
#include "tests/fuzz/chosen.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/fuzz/temporary_file.hpp"

namespace writebench::fuzz {
namespace {

using Texts = std::vector<std::string>;

std::string joined(const Texts& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

Texts pieces_of(const std::string& text) {
  Texts pieces;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    pieces.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return pieces;
}

// Whether each writer's lines stand in the file in their order; the lines are unique.
bool each_writer_in_order(const Texts& lines, const Texts& pieces, std::size_t writers) {
  for (std::size_t writer = 0; writer < writers; ++writer) {
    std::size_t at = 0;
    for (std::size_t number = writer; number < lines.size(); number += writers) {
      while (at < pieces.size() && pieces[at] != lines[number]) ++at;
      if (at++ >= pieces.size()) return false;
    }
  }
  return true;
}

// The first bytes of the text again and again, as many as it has.
std::string repeated(const std::string& text, std::size_t bytes) {
  std::string file;
  for (std::size_t i = 0; i < text.size(); ++i) file += text[i % bytes];
  return file;
}

// Decides by sorting and searching, without any of the verification's methods.
bool is_right(const Texts& lines, const std::string& text, Order order, std::size_t writers,
              std::size_t repeated_bytes) {
  if (order == Order::kNothing) return text.empty();
  if (order == Order::kRepeated) return text == repeated(joined(lines), repeated_bytes);
  if (order == Order::kGlobal) return text == joined(lines);
  Texts pieces = pieces_of(text);
  if (order == Order::kPerWriter && !each_writer_in_order(lines, pieces, writers)) return false;
  Texts sorted = lines;
  std::sort(sorted.begin(), sorted.end());
  std::sort(pieces.begin(), pieces.end());
  return sorted == pieces;
}

void damage(std::string& text, const Texts& lines, Chosen& chosen) {
  const std::size_t at = chosen.below(text.size());
  switch (chosen.byte() % 7) {
    case 0: text.erase(at, chosen.byte()); break;
    case 1: text.insert(at, chosen.text()); break;
    case 2: text.resize(at); break;
    case 3:
      if (!text.empty()) text[at] = static_cast<char>(chosen.byte());
      break;
    case 4:
      if (!lines.empty()) text.insert(at, lines[chosen.below(lines.size())]);
      break;
    case 5: {
      Texts pieces = pieces_of(text);
      if (pieces.empty()) break;
      std::swap(pieces[chosen.below(pieces.size())], pieces[chosen.below(pieces.size())]);
      text = joined(pieces);
      break;
    }
    default: text += chosen.text(); break;
  }
}

}  // namespace

// A file with the lines of a job, and damage that the bytes choose. A wrong file is never right and a right one never
// wrong; what is wrong is described.
void verification(std::string_view bytes) {
  Chosen chosen(bytes);
  constexpr Order kOrders[] = {Order::kNothing, Order::kNone, Order::kPerWriter, Order::kGlobal, Order::kRepeated};
  const Order order = kOrders[chosen.byte() % 5];
  const unsigned writers = 1 + chosen.byte() % 12;
  const std::uint64_t count = chosen.number(2) % 3000;
  const bool sized = chosen.byte() % 2 == 0;
  const std::size_t least = 1 + chosen.byte() % 40;
  std::unique_ptr<Content> content;
  if (sized) {
    content = std::make_unique<engine::SizedLines>(
        count, engine::LineSizes{.least_bytes = least, .most_bytes = least + chosen.byte(), .seed = 1});
  } else {
    content = std::make_unique<engine::NumberedLines>(count);
  }
  Texts lines;
  for (const std::string_view line : Lines(*content, {0, 1, count})) lines.emplace_back(line);
  const std::size_t repeated_bytes = order == Order::kRepeated ? 1 + chosen.number(2) : 0;
  std::string text = order == Order::kNothing    ? ""
                     : order == Order::kRepeated ? repeated(joined(lines), repeated_bytes)
                                                 : joined(lines);
  for (int times = 0; chosen.any() && times < 16; ++times) damage(text, lines, chosen);
  const TemporaryFile file(text);
  const engine::Verification verification = order == Order::kRepeated
                                                ? engine::verify_repetition(file.path(), *content, repeated_bytes, {})
                                                : engine::verify(file.path(), *content, order, writers);
  require(!verification.stopped && verification.file_bytes == text.size(), "not the whole file was read");
  require(verification.right == is_right(lines, text, order, writers, repeated_bytes),
          verification.right ? "a wrong file is called right" : "a right file is called wrong");
  require(verification.right == verification.damages.empty(), "a wrong file has no damage, or a right one has");
  require(verification.right == verification.describe().empty(), "damage is not described");
}

}  // namespace writebench::fuzz
