#pragma once

#include <string>
#include <string_view>

namespace writebench::engine {

/// A name for a new file or directory of ours: the prefix, eight random characters, and two that follow from them. The
/// last two prove where the name comes from: nobody else makes such a name by chance, except once in 3,844 times.
std::string private_name(std::string_view prefix);

/// Whether private_name() could have made `name` with this prefix.
bool is_private_name(std::string_view prefix, std::string_view name);

}  // namespace writebench::engine
