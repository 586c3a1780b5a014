#pragma once

#include <cstddef>
#include <string>

namespace writebench::cli {

/// Both as printable(), with the ends of lines as spaces: the text after a head, broken at spaces so that no line is
/// wider than `columns`; further lines are indented to where the text began. A word that is wider than the room for it
/// is cut.
std::string wrapped(const std::string& head, const std::string& text, std::size_t columns);

/// The text in at most that many columns: what does not fit is taken out of its middle, where an ellipsis stands.
std::string cut_in_the_middle(const std::string& text, std::size_t columns, bool unicode);

/// The text in at most that many columns: words that do not fit are left out at its end.
std::string cut_after_a_word(const std::string& text, std::size_t columns);

}  // namespace writebench::cli
