#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/lines/held_lines.hpp"
#include "engine/lines/line_file.hpp"
#include "writebench/lines.hpp"

namespace writebench::engine {

/// The lines of a real file, from first to last and over again, until there are `lines` of them; fewer lines than the
/// file has are its first ones. A line is anything that ends with a newline, of any bytes and any length below 4 GiB,
/// even if it is empty. A newline is added to a last line that lacks it, so that another line can follow.
///
/// A file that fits into `most_held_bytes`, with an index of 4 bytes a line, is held in memory, so that its lines cost
/// no more than the walk over them. arrange() then also makes a copy for the strided shares of that step, one share
/// after the other, if that fits too. A file that does not fit is read while its lines are walked: memory is LineFile's
/// index (1/2048 of the file) and its cache, 0.6 to 2.6 MiB. A producer that takes every n-th line then passes over all
/// lines. Several producers that walk side by side share that work through the cache; for their sake a batch of strided
/// lines spans at most half the cache. The first pass leaves the file in the page cache if it fits; if not, the
/// measured time includes reading the file.
class ReplayedLines final : public Content {
 public:
  static constexpr std::uint64_t kMostHeldBytes = std::uint64_t{256} << 20;

  /// With as many lines as the file has if `lines` has no value. Several contents can share a file that can be read
  /// only once, such as a pipe.
  explicit ReplayedLines(std::shared_ptr<const LineFile> file, std::optional<std::uint64_t> lines = std::nullopt,
                         std::uint64_t most_held_bytes = kMostHeldBytes);

  /// Throws std::runtime_error as LineFile does.
  explicit ReplayedLines(const std::string& path, std::optional<std::uint64_t> lines = std::nullopt,
                         std::uint64_t most_held_bytes = kMostHeldBytes)
      : ReplayedLines(std::make_shared<LineFile>(path), lines, most_held_bytes) {}

  std::uint64_t lines() const override { return lines_; }
  /// Reads the block that contains the line. Throws IoError.
  std::uint64_t offset_bytes(std::uint64_t line) const override;
  std::size_t longest_line_bytes() const override { return file_.longest_line_bytes(); }
  /// Throws IoError if the file cannot be read or has changed.
  std::size_t render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const override;
  Run held(LineRange range) const override;
  void arrange(std::uint64_t step) const override;
  std::uint64_t held_bytes() const override { return held_bytes_; }
  bool lines_are_unique() const override { return false; }
  std::optional<std::uint64_t> number_of(std::string_view) const override { return std::nullopt; }

  std::uint64_t file_lines() const { return file_.lines(); }
  std::uint64_t file_bytes() const { return file_.bytes(); }  ///< of the whole file, replayed once

 private:
  const std::shared_ptr<const LineFile> shared_;
  const LineFile& file_;  ///< *shared_
  const std::uint64_t lines_;
  const std::uint64_t most_held_bytes_;
  mutable std::uint64_t held_bytes_ = 0;
  std::optional<HeldLines> whole_;  // the file, once
  // By step and first line, the shares of all lines_; no shares if they do not fit.
  mutable std::map<std::uint64_t, std::vector<HeldLines>> shares_;
};

}  // namespace writebench::engine
