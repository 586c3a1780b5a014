#pragma once

#include <string>

#include "gate/comparison.hpp"

namespace writebench::cli {

/// Compares two reports, with what a calibration in that directory, if there is one of the head's machine, says of it.
/// Throws reports::BadReport where the calibration cannot be read.
gate::Comparison calibrated_comparison(const reports::Report& base, const reports::Report& head, gate::Terms terms,
                                       const std::string& baseline_directory);

}  // namespace writebench::cli
