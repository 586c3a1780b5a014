#pragma once

#include "reports/report.hpp"

namespace writebench::tests {

/// A report that has something of everything: every field known in some sample or cell, and those of cells and samples
/// unknown in another; cells of every status, twins and a sweep, several workloads, times of several rounds.
reports::Report full_report();

}  // namespace writebench::tests
