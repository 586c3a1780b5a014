#pragma once

#include "reports/report.hpp"

namespace writebench::fuzz {

/// Does with a report whatever the program does with one that it has read: tables of every width and order, Markdown,
/// CSV, every export, warnings, comparisons with itself by every metric, the explanation, the advice. Throws Finding if
/// any text for people has what a terminal could obey, or if the report is not the same after it is written and read
/// again.
void show_in_every_form(const reports::Report& report);

}  // namespace writebench::fuzz
