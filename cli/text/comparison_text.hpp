#pragma once

#include <string>

#include "cli/text/terminal.hpp"
#include "gate/comparison.hpp"

namespace writebench::cli {

/// A comparison for people: a line for each cell, what was not compared and why, how the machines differ, and the sum.
std::string render_comparison(const gate::Comparison& comparison, const Terminal& terminal);

/// The same in GitHub's Markdown, for a pull request's comment or a job's summary.
std::string comparison_markdown(const gate::Comparison& comparison);

/// The same as JUnit's XML: a test case for each cell. Slower is a failure, failed an error; inconclusive is skipped,
/// or a failure too if asked for.
std::string comparison_junit(const gate::Comparison& comparison, bool inconclusive_fails);

}  // namespace writebench::cli
