#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace writebench::fuzz {

/// Values chosen by the bytes of an input, from its begin to its end; 0 and empty texts after that.
class Chosen {
 public:
  explicit Chosen(std::string_view bytes) : bytes_(bytes) {}

  bool any() const { return !bytes_.empty(); }

  std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }

  /// Below `end`; 0 if that is 0.
  std::size_t below(std::size_t end) { return end == 0 ? 0 : static_cast<std::size_t>(number(2)) % end; }

  std::uint64_t number(std::size_t bytes = 8) {
    std::uint64_t number = 0;
    const std::size_t taken = std::min(bytes, bytes_.size());
    std::memcpy(&number, bytes_.data(), taken);
    bytes_.remove_prefix(taken);
    return number;
  }

  /// Up to 255 bytes.
  std::string text() {
    const std::size_t wanted = byte();  // before bytes_.size(), which it changes
    std::string text(bytes_.substr(0, wanted));
    bytes_.remove_prefix(text.size());
    return text;
  }

  std::string rest() { return std::string(bytes_); }

 private:
  std::string_view bytes_;
};

}  // namespace writebench::fuzz
