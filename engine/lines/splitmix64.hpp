#pragma once

#include <cstdint>

namespace writebench::engine {

/// Output number `index`, from 0, of the generator splitmix64 with this seed (Sebastiano Vigna, public domain), whose
/// state after any number of steps is known.
inline std::uint64_t splitmix64(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t z = seed + (index + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

}  // namespace writebench::engine
