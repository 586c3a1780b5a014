#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace writebench::fuzz {
namespace {

constexpr std::array<Target, 10> kTargets{{{"command_line", command_line},
                                           {"quantities", quantities},
                                           {"option_file", option_file},
                                           {"report", report},
                                           {"changed_report", changed_report},
                                           {"baseline", baseline},
                                           {"calibration", calibration},
                                           {"replayed_lines", replayed_lines},
                                           {"verification", verification},
                                           {"canary", canary}}};

bool hidden(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

}  // namespace

std::span<const Target> targets() { return kTargets; }

const Target* find_target(std::string_view name) {
  const auto* const found =
      std::find_if(kTargets.begin(), kTargets.end(), [&](const Target& target) { return target.name == name; });
  return found == kTargets.end() ? nullptr : found;
}

void require(bool holds, const std::string& message) {
  if (!holds) throw Finding(message);
}

void require_printable(std::string_view text, std::string_view what) {
  const auto refuse = [&](const std::string& problem) { throw Finding(std::string(what) + problem); };
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if ((first >= 0x80 && first < 0xc2) || i + length > text.size()) refuse(" has invalid UTF-8");
    std::uint32_t c = length == 1 ? first : first & (0xffu >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) refuse(" has invalid UTF-8");
      c = c << 6 | (next & 0x3f);
    }
    if (c != '\n' && hidden(c)) refuse(" has the character " + std::to_string(c));
    i += length;
  }
}

}  // namespace writebench::fuzz
