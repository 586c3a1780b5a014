#include "cli/commands/run_limits.hpp"

#include <fmt/format.h>

#include <string>

#include "cli/options/exit_status.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/print.hpp"
#include "cli/text/terminal.hpp"
#include "cli/text/wrap.hpp"

namespace writebench::cli {
namespace {

using gate::LimitVerdict;

std::string shown(double value, const gate::Metric& metric) {
  if (metric.rate) return format_number(value) + "/s";
  if (metric.unit() == "ns") return format_time(value);
  return metric.unit() == "bytes" ? format_bytes(value) : format_number(value);
}

// "exceeds 5.00 ms: 9.03 ms (8.90 to 9.21 ms in 95 %, 40 trials)"
std::string sentence(const LimitVerdict& verdict, const gate::Limit& limit) {
  const gate::Metric& metric = *limit.metric;
  const std::string limit_text = shown(limit.value, metric);
  const char* const relation = metric.rate ? "at least" : "at most";
  if (verdict.kind == LimitVerdict::Kind::kUnknown) {
    return fmt::format("cannot be held against {} {}: {}", relation, limit_text, verdict.reason);
  }
  const char* const judged = verdict.kind == LimitVerdict::Kind::kKept       ? "kept"
                             : verdict.kind == LimitVerdict::Kind::kExceeded ? "exceeded"
                                                                             : "uncertain, more trials may tell";
  std::string of = verdict.interval ? fmt::format("{} to {} in 95 %, ", shown(verdict.interval->low, metric),
                                                  shown(verdict.interval->high, metric))
                                    : "";
  if (verdict.trials > 0) of += fmt::format("{} trials", verdict.trials);
  return fmt::format("{}{}, limit {} {}: {}", shown(verdict.value, metric), of.empty() ? "" : " (" + of + ")", relation,
                     limit_text, judged);
}

}  // namespace

int check_limits(const reports::Report& report, const std::vector<gate::Limit>& limits, std::FILE* people) {
  bool any_exceeded = false;
  bool any_unknown = false;
  for (const gate::Limit& limit : limits) {
    for (const LimitVerdict& verdict : judge(report, limit)) {
      const std::string head = fmt::format("limit: {} {} ", verdict.id, limit.metric->name);
      print_text(people, wrapped(head, sentence(verdict, limit), terminal_of(people).columns) + "\n");
      any_exceeded = any_exceeded || verdict.kind == LimitVerdict::Kind::kExceeded;
      any_unknown = any_unknown || verdict.kind == LimitVerdict::Kind::kUnknown;
    }
  }
  return status(any_exceeded ? ExitStatus::kSlower : any_unknown ? ExitStatus::kUsage : ExitStatus::kFine);
}

}  // namespace writebench::cli
