#pragma once

#include <cstdint>
#include <random>

namespace writebench::engine {

using Random = std::mt19937_64;

/// A number from 0 to `end` - 1, which must fit into 32 bits.
inline unsigned below(Random& random, std::uint64_t end) { return static_cast<unsigned>(random() % end); }

}  // namespace writebench::engine
