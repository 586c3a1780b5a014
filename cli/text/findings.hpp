#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/report.hpp"

namespace writebench::cli {

/// What follows from the figures of an explanation, in words: each sentence says what was measured here, or what would
/// be needed to say it. The codes are: factor, stages, break-even, overlap, stall, durable, recommendation.
std::vector<reports::Explanation::Finding> findings_of(const reports::Report& report);

/// The text of the finding with this code; empty if there is none.
std::string finding(const reports::Explanation& explanation, const std::string& code);

/// "4 KiB"; what is no whole number of them in bytes.
std::string block_text(std::uint64_t bytes);

/// "10 tasks, 2 pool threads": how many of each the cell has; empty if it has neither.
std::string counts_of(const engine::CellSpec& cell);

/// What the cell's strategy and its tasks and pool threads are: "naive-async (10 tasks, 2 pool threads)".
std::string described(const engine::CellSpec& cell);

}  // namespace writebench::cli
