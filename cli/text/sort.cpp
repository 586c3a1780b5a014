#include "cli/text/sort.hpp"

#include <limits>
#include <vector>

#include "cli/text/format_quantity.hpp"
#include "reports/medians.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;

std::optional<double> stall_ns(const Cell& cell) { return cell.caller_stall.percentile_ns(0.999); }

SortKey by_median(const engine::SampleField& field) {
  return {field.word(), field.column, [&field](const Cell& cell) { return reports::median_of(cell, field); },
          field.unit() == "ns"      ? format_time
          : field.unit() == "bytes" ? format_bytes
                                    : format_number};
}

}  // namespace

bool SortKey::before(const Cell& a, const Cell& b) const {
  if (name == "name") return a.id < b.id;
  if (name == "strategy") return &a < &b;  // in the order in which the report lists them
  if (!value) return false;                // they come by time
  constexpr double kLast = std::numeric_limits<double>::infinity();
  return value(a).value_or(kLast) < value(b).value_or(kLast);
}

std::span<const SortKey> sort_keys() {
  static const std::vector<SortKey> all = [] {
    std::vector<SortKey> keys{{"time"}, {"name"}, {"strategy"}, {"stall", "stall p99.9", stall_ns, format_time}};
    for (const engine::SampleField& field : engine::sample_fields()) {
      if (!field.column.empty()) keys.push_back(by_median(field));
    }
    return keys;
  }();
  return all;
}

const SortKey& sort_by_time() { return sort_keys().front(); }

std::string shown(const SortKey& sort, const Cell& cell) {
  const auto known = sort.value(cell);
  return known ? sort.format(*known) : "-";
}

}  // namespace writebench::cli
