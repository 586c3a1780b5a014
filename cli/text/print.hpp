#pragma once

#include <cstdio>
#include <string_view>

namespace writebench::cli {

/// The only ways to print, apart from the line of progress. Neither throws if the stream is closed; program() finds
/// out.

/// Text for people, whatever it is made of: what a terminal could obey, and what hides or reorders text, is shown as an
/// escape (reports::printable()). The ends of lines stay, and so do the styles that our tables use if the stream shows
/// colours.
void print_text(std::FILE* stream, std::string_view text);

/// A document for programs (JSON, CSV, XML, Markdown), byte for byte: whoever makes one escapes what it holds.
void print_document(std::FILE* stream, std::string_view document);

}  // namespace writebench::cli
