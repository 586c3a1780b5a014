#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Which characters are dangerous to show, decided in one place. Texts that come from outside (a report, a baseline, a
/// file of options, another program, the environment) pass through printable() on their way to people, and through
/// json_text() or the exports on their way to files.
namespace writebench::reports {

/// The first character of a text that is not empty.
struct Character {
  std::optional<std::uint32_t> code_point;  ///< no value: the byte is not valid UTF-8 (RFC 3629)
  std::size_t bytes = 1;
};

Character character_at(std::string_view text);

void append_utf8(std::string& text, std::uint32_t code_point);

/// Whether a terminal could obey the character, or it hides, reorders or breaks what stands around it: the controls C0,
/// DEL and C1, those of writing direction, the separators of lines and paragraphs, characters without width, tags, and
/// what is no character.
bool is_unsafe(std::uint32_t code_point);

/// The text with every unsafe character, and every byte that is not valid UTF-8, written as an escape: "\x1b",
/// "\u202e". A newline too, unless `keep_newlines`.
std::string printable(std::string_view text, bool keep_newlines = false);

/// The JSON text with every unsafe character in its strings escaped as JSON has it, so that it means the same. It must
/// be valid JSON.
std::string printable_json(std::string text);

}  // namespace writebench::reports
