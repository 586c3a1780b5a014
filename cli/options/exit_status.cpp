#include "cli/options/exit_status.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace writebench::cli {
namespace {

constexpr std::array<std::pair<ExitStatus, std::string_view>, 5> kMeanings{{
    {ExitStatus::kFine, "fine"},
    {ExitStatus::kFailed, "a strategy failed or wrote wrong bytes"},
    {ExitStatus::kUsage, "usage, or nothing could be compared"},
    {ExitStatus::kSlower, "slower"},
    {ExitStatus::kInconclusive, "inconclusive"},
}};

}  // namespace

std::string exit_status_help() {
  std::string text = "Exit status:";
  for (const auto& [exit_status, meaning] : kMeanings) text += fmt::format(" {} {},", status(exit_status), meaning);
  return text + fmt::format(" {}+n ended by signal n.", ended_by(0));
}

int status_of(const gate::Comparison& comparison, FailOn fail_on) {
  if (comparison.cells.empty()) return status(ExitStatus::kUsage);
  if (fail_on == FailOn::kNever) return status(ExitStatus::kFine);
  const gate::Tally tally = gate::tally(comparison);
  if (tally.slower > 0) return status(ExitStatus::kSlower);
  if (tally.failed > 0) return status(ExitStatus::kFailed);
  return status(fail_on == FailOn::kInconclusive && tally.inconclusive > 0 ? ExitStatus::kInconclusive
                                                                           : ExitStatus::kFine);
}

}  // namespace writebench::cli
