#pragma once

#include <string>

namespace writebench::engine {

/// As the path of lines to replay: standard input.
inline constexpr const char* kStandardInput = "-";

/// Opens the lines to replay so that they can be read at any offset and again. That is the file itself if it is a
/// regular one. Anything else that ends (a pipe, standard input, a file without a size such as those under /proc) is
/// read to its end into memory first, up to half of the machine's. The caller closes the descriptor. Throws
/// std::runtime_error, with a message for the user.
int open_input(const std::string& path);

/// How messages name the input.
std::string input_name(const std::string& path);

/// Throws the error of an input that cannot be replayed.
[[noreturn]] void refuse_input(const std::string& path, const std::string& why);
[[noreturn]] void refuse_input(const std::string& path, int error_number);

}  // namespace writebench::engine
