#pragma once

#include <string>
#include <utility>

#include "writebench/strategy.hpp"

namespace writebench::strategies {

/// The entry of a strategy whose library was missing when writebench was built. It is listed as unavailable, with the
/// Debian package that it needs.
inline Descriptor without_library(Descriptor entry, std::string package) {
  entry.unavailable = [package = std::move(package)] {
    return "this writebench was built without " + package + ": install that package and build again";
  };
  entry.make = []() -> std::unique_ptr<Strategy> {
    throw Unsupported("its library was missing when writebench was built");
  };
  return entry;
}

}  // namespace writebench::strategies
