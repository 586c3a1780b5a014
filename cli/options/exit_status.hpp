#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gate/comparison.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// What the program ends with; exit_status_help() says what each means.
enum class ExitStatus : int { kFine = 0, kFailed = 1, kUsage = 2, kSlower = 3, kInconclusive = 4 };

constexpr int status(ExitStatus exit_status) { return static_cast<int>(exit_status); }

/// As a shell reports what a signal ended.
constexpr int ended_by(int signal) { return 128 + signal; }

/// Each status as text, and what it means.
std::vector<std::pair<std::string, std::string>> exit_statuses();

/// "Exit status: 0 fine, 1 …"
std::string exit_status_help();

/// What makes a gate fail.
enum class FailOn { kRegression, kInconclusive, kNever };

/// Whether a run has measured a strategy that was asked for. `asked` has their names, without the controls that every
/// run adds. One that writes nothing, such as `null`, is no result beside others.
bool measured_something(const reports::Report& report, const std::vector<std::string>& asked);

/// What a run ends with that has come to its end: 1 if a cell failed or was not measured, 2 if nothing failed but
/// nothing that was asked for could be measured.
int status_of(const reports::Report& report, const std::vector<std::string>& asked);

/// The verdict of a gate. A gate that could compare nothing must not pass, whatever it is to fail on: 1 if that is
/// because of failures, on either side, else 2.
int status_of(const gate::Comparison& comparison, FailOn fail_on);

}  // namespace writebench::cli
