#include "engine/lines/strided_share.hpp"

namespace writebench::engine {

std::uint64_t StridedShare::lines() const {
  const std::uint64_t total = whole_.lines();
  return total > writer_ ? (total - writer_ - 1) / writers_ + 1 : 0;
}

std::uint64_t StridedShare::offset_bytes(std::uint64_t line) const {
  if (writers_ == 1) return whole_.offset_bytes(line);
  std::uint64_t bytes = 0;
  for (const std::string_view text : Lines(*this, {0, 1, line})) bytes += text.size();
  return bytes;
}

std::size_t StridedShare::render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const {
  return whole_.render(in_whole(range), text, lengths);
}

bool StridedShare::render_again(LineRange range, LineRange there, std::span<char> text) const {
  return whole_.render_again(in_whole(range), in_whole(there), text);
}

std::optional<std::uint64_t> StridedShare::number_of(std::string_view line) const {
  const std::optional<std::uint64_t> number = whole_.number_of(line);
  if (!number || *number % writers_ != writer_) return std::nullopt;
  return *number / writers_;
}

}  // namespace writebench::engine
