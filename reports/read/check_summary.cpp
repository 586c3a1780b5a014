#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/read/read_cell.hpp"
#include "reports/report.hpp"

namespace writebench::reports {
namespace {

// Compares within the digits that JSON or another compiler may round.
void check(const Field& field, std::optional<double> computed) {
  const std::optional<double> written = field.or_null(&Field::number);
  const auto near = [](double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b)); };
  if (written.has_value() == computed.has_value() && (!written || near(*written, *computed))) return;
  field.refuse(
      fmt::format("is {}, and the samples give {}", field.shown(), computed ? fmt::format("{}", *computed) : "null"));
}

// Absent if it is not known.
void check_if_there(const Field& summary, std::string_view key, std::optional<double> computed) {
  if (computed) {
    check(summary.at(key), computed);
  } else if (const auto written = summary.find(key)) {
    written->refuse("must be absent");
  }
}

// The file has whole nanoseconds.
void check_ns(const Field& field, std::optional<double> computed) {
  check(field, computed ? std::optional(std::round(*computed)) : computed);
}

std::optional<double> low(const Estimate& estimate) {
  return estimate.ci95 ? std::optional(estimate.ci95->low) : std::nullopt;
}

std::optional<double> high(const Estimate& estimate) {
  return estimate.ci95 ? std::optional(estimate.ci95->high) : std::nullopt;
}

}  // namespace

void check_summary(const Field& field, const engine::Cell& cell, const std::vector<engine::Cell>& cells) {
  const auto summary = summarise(cell, cells);
  if (field.is_null() && !summary) return;
  if (!summary) field.refuse("must be null, because no sample has a time");
  check(field.at("trials"), static_cast<double>(summary->trials));
  check(field.at("disturbed_trials"), static_cast<double>(summary->disturbed_trials));
  const Field time = field.at("time_ns");
  check_ns(time.at("median"), summary->time_ns.median);
  check_ns(time.at("mad"), summary->mad_ns);
  check_ns(time.at("min"), summary->min_ns);
  check_ns(time.at("max"), summary->max_ns);
  check_ns(time.at("ci95_low"), low(summary->time_ns));
  check_ns(time.at("ci95_high"), high(summary->time_ns));
  check(field.at("ns_per_line"), summary->ns_per_line);
  check(field.at("lines_per_second"), summary->lines_per_second);
  check(field.at("bytes_per_second"), summary->bytes_per_second);
  if (has_rate(cell)) {  // earlier versions compared its time, and nobody reads that
    field.at("fraction_of_ceiling");
    field.at("ratio_to_reference");
    return;
  }
  check(field.at("fraction_of_ceiling"), summary->fraction_of_ceiling);
  check_if_there(field, "per_line_to_reference", summary->per_line_to_reference);
  check_if_there(field, "per_line_to_own_reference", summary->per_line_to_own_reference);
  const Field ratio = field.at("ratio_to_reference");
  if (!summary->ratio_to_reference) {
    check(ratio, std::nullopt);
    return;
  }
  check(ratio.at("median"), summary->ratio_to_reference->median);
  check(ratio.at("ci95_low"), low(*summary->ratio_to_reference));
  check(ratio.at("ci95_high"), high(*summary->ratio_to_reference));
}

}  // namespace writebench::reports
