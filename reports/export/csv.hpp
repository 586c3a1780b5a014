#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/trial/cell.hpp"
#include "reports/report.hpp"

namespace writebench::reports {

/// One value of a row under the name of its column. Empty where nothing is known.
struct CsvField {
  std::string column;
  std::string value;
};

using CsvRow = std::vector<CsvField>;

/// A file by RFC 4180, whose first line names the columns. A row without one of them leaves it empty.
std::string to_csv(const std::vector<CsvRow>& rows);

/// Every digit that the number has.
std::string csv_number(double value);

template <std::integral Whole>
std::string csv_number(Whole value) {
  return std::to_string(value);
}

template <class Number>
std::string csv_number(const std::optional<Number>& value) {
  return value ? csv_number(*value) : "";
}

/// What a cell is: strategy, contract, parameters, workload, status.
CsvRow csv_of(const engine::Cell& cell);

/// What its samples come to; null: every field is empty.
CsvRow csv_of(const Summary* summary);

/// A distribution's percentiles, each under its name after `name`.
CsvRow csv_of(const std::string& name, const engine::Distribution& distribution);

/// Everything about one trial that ran well.
CsvRow csv_of(const engine::Sample& sample);

}  // namespace writebench::reports
