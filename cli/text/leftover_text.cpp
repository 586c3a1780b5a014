#include "cli/text/leftover_text.hpp"

#include <fmt/format.h>

#include "cli/text/format_quantity.hpp"

namespace writebench::cli {

std::string leftover_text(const engine::Leftover& leftover) {
  return fmt::format("{}, {} file{}, {}", leftover.path, leftover.files, leftover.files == 1 ? "" : "s",
                     format_bytes(static_cast<double>(leftover.bytes)));
}

}  // namespace writebench::cli
