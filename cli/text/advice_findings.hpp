#pragma once

#include <string>
#include <vector>

#include "cli/text/software_settings.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// The advice of a report in words. The codes are: recommendation, tie, runner-up, loss, gives-up, trust, setting and
/// design; if nothing fulfils the constraints: impossible, would-have-to-give and trust. The last but for those is one
/// paragraph for a design document. The report must have an advice, on which advise::conclude() was called.
std::vector<reports::Explanation::Finding> advice_findings(const reports::Report& report);

/// What was asked for, in words: "50k lines/s of 100 B by 4 writers, each writer's lines in order".
std::string constraints_text(const reports::Report& report);

/// A cell's strategy and its settings: "sync-buffered (buffer-size 64KiB)".
std::string with_settings(const engine::CellSpec& cell);

/// What the goal is about, of one of the finalists: "22.1 ns".
std::string value_text_of(const reports::Advice::Figures& figures);

/// "processor time a line", and so on.
std::string goal_text(reports::Goal goal);

/// The way of writing that a finalist stands for in other software.
WayToWrite way_of(const reports::Advice::Finalist& finalist, const engine::CellSpec& cell);

/// What ruled a strategy out, as it heads a list of those: "--max-loss", "more processor time a line".
std::string hurdle_text(reports::Hurdle hurdle, reports::Goal goal);

/// The command that asks the same again, as it would be typed.
std::string command_text(const std::vector<std::string>& words);

}  // namespace writebench::cli
