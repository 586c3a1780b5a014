#pragma once

#include <cstddef>
#include <vector>

#include "engine/lines/block_reader.hpp"
#include "engine/verification/damage.hpp"
#include "writebench/lines.hpp"
#include "writebench/strategy.hpp"

namespace writebench::engine {

/// The maximum number of different texts to count; they take some 8 MiB.
constexpr std::size_t kTextsCounted = std::size_t{1} << 17;

/// Finds what is wrong with a wrong file if the job's lines need not be unique: at most one Damage of each kind, sorted
/// by offset. Reads the file up to four times, with at most 16 MiB and the memory of an Interleaving. Empty if the
/// reading was stopped. Throws IoError, and what `content` throws.
std::vector<Damage> find_damage_by_text(BlockReader& file, const Content& content, Order order, unsigned writers,
                                        std::size_t texts_counted = kTextsCounted);

}  // namespace writebench::engine
