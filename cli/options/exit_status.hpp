#pragma once

#include <string>

#include "gate/comparison.hpp"

namespace writebench::cli {

/// What the program ends with; exit_status_help() says what each means.
enum class ExitStatus : int { kFine = 0, kFailed = 1, kUsage = 2, kSlower = 3, kInconclusive = 4 };

constexpr int status(ExitStatus exit_status) { return static_cast<int>(exit_status); }

/// As a shell reports what a signal ended.
constexpr int ended_by(int signal) { return 128 + signal; }

/// "Exit status: 0 fine, 1 …"
std::string exit_status_help();

/// What makes a gate fail.
enum class FailOn { kRegression, kInconclusive, kNever };

/// The verdict of a gate. A gate that could compare nothing must not pass, whatever it is to fail on.
int status_of(const gate::Comparison& comparison, FailOn fail_on);

}  // namespace writebench::cli
