#pragma once

#include <cstddef>
#include <vector>

#include "engine/lines/block_reader.hpp"
#include "engine/verification/damage.hpp"
#include "writebench/lines.hpp"
#include "writebench/strategy.hpp"

namespace writebench::engine {

/// Of so many different texts lines are counted, in some 8 MiB.
constexpr std::size_t kTextsCounted = std::size_t{1} << 17;

/// What is wrong with a wrong file whose right lines need not be different from each other, by offset, at most one
/// damage of each kind; the words are those of Damage. Reads the file up to four times, in at most 16 MiB and what an
/// Interleaving takes. Nothing where the file has been stopped. Throws IoError, and what `content` throws.
std::vector<Damage> find_damage_by_text(BlockReader& file, const Content& content, Order order, unsigned writers,
                                        std::size_t texts_counted = kTextsCounted);

}  // namespace writebench::engine
