#include <memory>

#include "tests/fuzz/targets.hpp"

namespace writebench::fuzz {

// Reads one byte after the end of a buffer if the bytes begin with four that a fuzzer has to find out one by one. Only
// an address sanitizer notices.
void canary(std::string_view bytes) {
  if (bytes.size() < 4 || bytes[0] != 'c' || bytes[1] != 'a' || bytes[2] != 'n' || bytes[3] != '!') return;
  const auto buffer = std::make_unique<char[]>(bytes.size());
  const volatile char* const end = buffer.get() + bytes.size();
  static_cast<void>(*end);
}

}  // namespace writebench::fuzz
