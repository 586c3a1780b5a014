#include "cli/text/sort.hpp"

#include <array>
#include <limits>

#include "cli/text/format_quantity.hpp"
#include "reports/medians.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;

std::optional<double> stall_ns(const Cell& cell) { return cell.caller_stall.percentile_ns(0.999); }

constexpr std::array<SortKey, 7> kKeys{{{"time"},
                                        {"name"},
                                        {"strategy"},
                                        {"cpu", "cpu", reports::median_cpu_ns, format_time},
                                        {"stall", "p999", stall_ns, format_time},
                                        {"memory", "RSS B", reports::median_peak_rss_bytes, format_number},
                                        {"writes", "writes", reports::median_write_syscalls, format_number}}};

}  // namespace

bool SortKey::before(const Cell& a, const Cell& b) const {
  if (name == "name") return a.id < b.id;
  if (name == "strategy") return &a < &b;  // in the order in which the report lists them
  if (value == nullptr) return false;      // they come by time
  constexpr double kLast = std::numeric_limits<double>::infinity();
  return value(a).value_or(kLast) < value(b).value_or(kLast);
}

std::span<const SortKey> sort_keys() { return kKeys; }

const SortKey& sort_by_time() { return kKeys[0]; }

std::string shown(const SortKey& sort, const Cell& cell) {
  const auto known = sort.value(cell);
  return known ? sort.format(*known) : "-";
}

}  // namespace writebench::cli
