#pragma once

#include <span>

#include "writebench/strategy.hpp"

namespace writebench::tests {

/// Strategies that misbehave on purpose, one way each. Those that write wrong bytes are called after the damage:
/// `lost`, `doubled`, `torn`, `reordered`, `truncated`, `trailing-garbage` (each in the middle of the lines, or at the
/// end where the name says so); `throws`, `throws-oddly`, `throws-in-prepare`, `fails` (an IoError), `crashes`,
/// `exits`, `hangs`, `unsupported`. And some that are right and take a known time: `sleeps` (1 ms a line),
/// `spins-in-each-phase` (3 ms in prepare, 7 ms until it has submitted, 5 ms more), `spins-in-some-appends` (2 ms at
/// every fifth line, 10 ms at the twentieth, nothing at the others).
std::span<const Descriptor> faulty();

/// The one of that name.
const Descriptor& faulty(std::string_view name);

}  // namespace writebench::tests
