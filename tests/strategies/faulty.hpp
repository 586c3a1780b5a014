#pragma once

#include <span>

#include "writebench/strategy.hpp"

namespace writebench::tests {

/// Strategies that misbehave on purpose, one way each. Those that write wrong bytes are called after the damage:
/// `lost`, `doubled`, `torn`, `reordered`, `truncated`, `trailing-garbage` (each in the middle of the lines, or at the
/// end if the name says so); `throws`, `throws-oddly`, `throws-in-prepare`, `fails` (an IoError), `crashes`,
/// `exits`, `hangs`, `unsupported`; `submits-in-prepare`, `submits-twice`; `removes-its-file`, `replaces-its-file` (by
/// one with the right bytes). `stops` and `stops-once` write the right bytes and stop their process, as Ctrl-Z does,
/// for a moment; the second only the first time with a file of that name. `claims-synced` writes the right bytes and
/// says that the device has them, which it never asks for. And one that is right: `sleeps` (1 ms a
/// line).
std::span<const Descriptor> faulty();

/// The one of that name.
const Descriptor& faulty(std::string_view name);

}  // namespace writebench::tests
