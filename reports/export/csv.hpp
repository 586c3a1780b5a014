#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/trial/cell.hpp"
#include "reports/report.hpp"

namespace writebench::reports {

/// One value of a row, with the name of its column. Empty if unknown.
struct CsvField {
  std::string column;
  std::string value;
};

using CsvRow = std::vector<CsvField>;

/// A CSV file (RFC 4180) whose first line names the columns. A column that a row lacks is empty in it.
std::string to_csv(const std::vector<CsvRow>& rows);

/// The number with all its significant digits.
std::string csv_number(double value);

template <std::integral Whole>
std::string csv_number(Whole value) {
  return std::to_string(value);
}

template <class Number>
std::string csv_number(const std::optional<Number>& value) {
  return value ? csv_number(*value) : "";
}

/// The columns about a cell: strategy, contract, parameters, workload, status.
CsvRow csv_of(const engine::Cell& cell);

/// The columns of its summary, all empty if it is null.
CsvRow csv_of(const Summary* summary);

/// The percentiles of a distribution; each column's name starts with `name`.
CsvRow csv_of(const std::string& name, const engine::Distribution& distribution);

/// The columns about one trial that ran well.
CsvRow csv_of(const engine::Sample& sample);

}  // namespace writebench::reports
