#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "engine/lines/block_reader.hpp"
#include "engine/verification/damage.hpp"
#include "writebench/lines.hpp"
#include "writebench/strategy.hpp"

namespace writebench::engine {

/// 16 MiB of memory, a bit for each line.
constexpr std::uint64_t kLinesPerPass = std::uint64_t{1} << 27;

/// Returns whether a text is a line of another file of the job.
using IsOfAnotherFile = std::function<bool(std::string_view)>;

/// Finds what is wrong with a wrong file: at most one Damage of each kind, sorted by offset. Reads the file once for
/// every `lines_per_pass` line numbers, in that many bits of memory, and once more if lines are lost. Empty if the
/// reading was stopped. Throws IoError.
std::vector<Damage> find_damage(BlockReader& file, const Content& content, Order order, unsigned writers,
                                std::uint64_t lines_per_pass = kLinesPerPass,
                                const IsOfAnotherFile& is_of_another_file = {});

}  // namespace writebench::engine
