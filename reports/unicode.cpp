#include "reports/unicode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace writebench::reports {
namespace {

struct Range {
  std::uint32_t first, last;
};

// Unicode 15: the general categories Cc, Cf, Zl, Zp, and what is drawn without width and belongs to no letter before
// it.
constexpr std::array<Range, 21> kUnsafe{{{0x00, 0x1f},    // C0
                                         {0x7f, 0x9f},    // DEL and C1
                                         {0xad, 0xad},    // soft hyphen
                                         {0x34f, 0x34f},  // combining grapheme joiner
                                         {0x600, 0x605},  // Arabic signs without width of their own
                                         {0x61c, 0x61c},  // Arabic letter mark
                                         {0x6dd, 0x6dd},     {0x70f, 0x70f},    {0x115f, 0x1160},  // Hangul fillers
                                         {0x17b4, 0x17b5},   {0x180b, 0x180f},  // Mongolian selectors
                                         {0x200b, 0x200f},  // zero width, left-to-right and right-to-left marks
                                         {0x2028, 0x202e},  // separators, embeddings, overrides
                                         {0x2060, 0x206f},  // joiners, isolates, deprecated controls
                                         {0x3164, 0x3164},  // Hangul filler
                                         {0xfe00, 0xfe0f},  // variation selectors
                                         {0xfeff, 0xfeff},  // byte order mark
                                         {0xffa0, 0xffa0},   {0xfff0, 0xfffb},      // interlinear annotation
                                         {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}}};  // tags, more variation selectors

void append_escaped(std::string& text, std::uint32_t code_point) {
  text += code_point < 0x100     ? fmt::format("\\x{:02x}", code_point)
          : code_point < 0x10000 ? fmt::format("\\u{:04x}", code_point)
                                 : fmt::format("\\U{:08x}", code_point);
}

bool is_plain(char c) { return c >= ' ' && c < 0x7f; }

}  // namespace

Character character_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  // Neither a continuation nor the begin of an overlong form.
  if (first < 0xc2 || first > 0xf4) return {std::nullopt, 1};
  const std::size_t bytes = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < bytes) return {std::nullopt, 1};
  std::uint32_t code_point = first & (0x7fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {std::nullopt, 1};
    code_point = code_point << 6 | (byte(i) & 0x3fu);
  }
  const bool overlong = (bytes == 3 && code_point < 0x800) || (bytes == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (overlong || surrogate || code_point > 0x10ffff) return {std::nullopt, 1};
  return {code_point, bytes};
}

void append_utf8(std::string& text, std::uint32_t code_point) {
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto continuation = [&](unsigned shift) { add(0x80 | (code_point >> shift & 0x3f)); };
  if (code_point < 0x80) {
    add(code_point);
  } else if (code_point < 0x800) {
    add(0xc0 | code_point >> 6);
    continuation(0);
  } else if (code_point < 0x10000) {
    add(0xe0 | code_point >> 12);
    continuation(6);
    continuation(0);
  } else {
    add(0xf0 | code_point >> 18);
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

bool is_unsafe(std::uint32_t code_point) {
  return std::any_of(kUnsafe.begin(), kUnsafe.end(),
                     [&](const Range& range) { return code_point >= range.first && code_point <= range.last; }) ||
         (code_point & 0xfffe) == 0xfffe || (code_point >= 0xfdd0 && code_point <= 0xfdef);
}

std::string printable(std::string_view text, bool keep_newlines) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    if (is_plain(text[i]) || (keep_newlines && text[i] == '\n')) {
      shown += text[i++];
      continue;
    }
    const Character character = character_at(text.substr(i));
    if (!character.code_point) {
      append_escaped(shown, static_cast<unsigned char>(text[i]));
    } else if (is_unsafe(*character.code_point)) {
      append_escaped(shown, *character.code_point);
    } else {
      shown += text.substr(i, character.bytes);
    }
    i += character.bytes;
  }
  return shown;
}

std::string printable_json(std::string text) {
  const auto unsafe_at = [&](std::size_t i) {
    if (is_plain(text[i]) || text[i] == '\n') return false;
    const Character character = character_at(std::string_view(text).substr(i));
    return character.code_point && is_unsafe(*character.code_point);
  };
  std::size_t begin = 0;
  while (begin < text.size() && !unsafe_at(begin)) ++begin;
  if (begin == text.size()) return text;
  std::string escaped = text.substr(0, begin);
  for (std::size_t i = begin; i < text.size();) {
    if (!unsafe_at(i)) {
      escaped += text[i++];
      continue;
    }
    const Character character = character_at(std::string_view(text).substr(i));
    const std::uint32_t code_point = *character.code_point;
    escaped += code_point < 0x10000
                   ? fmt::format("\\u{:04x}", code_point)
                   : fmt::format("\\u{:04x}\\u{:04x}", 0xd7c0 + (code_point >> 10), 0xdc00 + (code_point & 0x3ff));
    i += character.bytes;
  }
  return escaped;
}

}  // namespace writebench::reports
