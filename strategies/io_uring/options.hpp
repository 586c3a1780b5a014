#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "writebench/strategy.hpp"

namespace writebench::strategies {

inline constexpr std::array<std::string_view, 2> kOffOrOn{"off", "on"};

/// Whether a thread of the kernel polls the ring for work, so that handing it over takes no system call.
inline constexpr Option kSqpoll{.name = "sqpoll",
                                .key = "sqpoll",
                                .summary = "a kernel thread polls for work",
                                .kind = Option::Kind::kWord,
                                .min = 0,
                                .max = kOffOrOn.size() - 1,
                                .words = kOffOrOn};

/// Whether the blocks and the file are registered with the ring, so that the kernel need not look them up for each
/// write.
inline constexpr Option kFixed{.name = "fixed",
                               .key = "fixed",
                               .summary = "registered buffers and file",
                               .kind = Option::Kind::kWord,
                               .usual = 1,
                               .min = 0,
                               .max = kOffOrOn.size() - 1,
                               .words = kOffOrOn};

/// The same for buffered writes, for which it is off by default: the kernel copies registered memory page by page,
/// which takes longer than copying any other memory of the process.
inline constexpr Option kFixedIfBuffered{.name = kFixed.name,
                                         .key = kFixed.key,
                                         .summary = kFixed.summary,
                                         .kind = kFixed.kind,
                                         .min = kFixed.min,
                                         .max = kFixed.max,
                                         .words = kFixed.words};

/// What a death takes: the blocks that are not yet written, and the lines of which they have a part.
inline std::uint64_t ring_may_lose_bytes(const LossConditions& given) {
  return given.parameters.value(kBlocksInFlight) * (given.parameters.value(kBufferSize) + 2 * given.longest_line_bytes);
}

}  // namespace writebench::strategies
