#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "reports/export/export.hpp"
#include "reports/json_text.hpp"

namespace writebench::reports {
namespace {

using Json = nlohmann::ordered_json;

Json entry_of(const Report& report, const Measured& measured) {
  const Summary& summary = measured.summary;
  Json entry{{"name", name_of(measured.cell)}, {"unit", "ns"}, {"value", summary.time_ns.median}};
  if (const auto& interval = summary.time_ns.ci95) {
    entry["range"] = fmt::format("95% interval {} to {}", interval->low, interval->high);
  }
  std::string extra = fmt::format("trials: {}\nmedian deviation: {} ns\nfastest: {} ns\nslowest: {} ns", summary.trials,
                                  summary.mad_ns, summary.min_ns, summary.max_ns);
  if (const auto& ratio = summary.ratio_to_reference) {
    extra += fmt::format("\ntime over that of {}: {}", kReference, ratio->median);
  }
  if (!report.complete) extra += fmt::format("\n{}", kIncomplete);
  entry["extra"] = std::move(extra);
  return entry;
}

}  // namespace

// For github-action-benchmark, tool customSmallerIsBetter: the medians.
std::string export_github_action(const Report& report, std::span<const Measured> cells) {
  Json entries = Json::array();
  for (const Measured& measured : cells) entries.push_back(entry_of(report, measured));
  return json_text(entries);
}

}  // namespace writebench::reports
