#include "cli/text/wrap.hpp"

#include <algorithm>

#include "cli/text/terminal.hpp"

namespace writebench::cli {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The byte at which the given column begins.
std::size_t byte_of(const std::string& text, std::size_t column) {
  std::size_t byte = 0;
  for (std::size_t passed = 0; byte < text.size(); ++byte) {
    if (!continues(text[byte]) && passed++ == column) break;
  }
  return byte;
}

std::string first_columns(const std::string& text, std::size_t columns) {
  return text.substr(0, byte_of(text, columns));
}

}  // namespace

std::string wrapped(const std::string& raw_head, const std::string& raw_text, std::size_t columns) {
  const std::string head = printable(raw_head);
  const std::string text = printable_lines(raw_text);
  constexpr std::size_t kLeastRoom = 10;
  std::string out = head;
  std::size_t at = width(head);
  const std::size_t indent = at;
  const std::size_t room = std::max(columns, indent + kLeastRoom) - indent;
  const auto next_line = [&] {
    out += "\n" + std::string(indent, ' ');
    at = indent;
  };
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    std::string word = text.substr(begin, end - begin);
    if (at > indent && at + 1 + width(word) > indent + room) next_line();
    if (at > indent) {
      out += " ";
      ++at;
    }
    while (width(word) > room) {
      const std::string piece = first_columns(word, room);
      out += piece;
      word.erase(0, piece.size());
      next_line();
    }
    out += word;
    at += width(word);
    begin = end + 1;
  }
  return out;
}

std::string cut_in_the_middle(const std::string& text, std::size_t columns, bool unicode) {
  const std::size_t taken = width(text);
  if (taken <= columns) return text;
  const std::string ellipsis = unicode ? "…" : "..";
  const std::size_t dots = width(ellipsis);
  if (columns <= dots) return first_columns(text, columns);
  const std::size_t kept = columns - dots;
  const std::size_t tail = kept / 2;
  return first_columns(text, kept - tail) + ellipsis + text.substr(byte_of(text, taken - tail));
}

std::string cut_after_a_word(const std::string& text, std::size_t columns) {
  if (width(text) <= columns) return text;
  const std::string room = first_columns(text, columns + 1);
  const std::size_t space = room.find_last_of(" ,;");
  std::string cut = space == room.npos ? first_columns(text, columns) : room.substr(0, space);
  while (!cut.empty() && (cut.back() == ',' || cut.back() == ';' || cut.back() == ' ')) cut.pop_back();
  return cut;
}

}  // namespace writebench::cli
