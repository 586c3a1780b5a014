#include "advise/constraints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "reports/json.hpp"

namespace writebench::advise {
namespace {

using reports::Advice;
using reports::Goal;
using reports::Hurdle;

// The option that a strategy fails, as it would be typed. Empty for what is no constraint.
std::string option_of(Hurdle hurdle, const Advice::Asked& asked) {
  switch (hurdle) {
    case Hurdle::kSeveralWriters: return fmt::format("--writers {}", asked.writers);
    case Hurdle::kOrder: return fmt::format("--order {}", reports::to_string(asked.order));
    case Hurdle::kFilePerWriter: return "one file (without --file-per-writer)";
    case Hurdle::kDurability: return fmt::format("--durability {}", reports::to_string(asked.durability));
    case Hurdle::kMaxLoss: return "--max-loss";
    case Hurdle::kMaxMemory: return "--max-memory";
    default: return "";
  }
}

}  // namespace

std::optional<std::string> contradiction(const Advice::Asked& asked) {
  if (asked.order == Order::kGlobal && asked.writers > 1) {
    return fmt::format(
        "--order 'global' and --writers '{}' contradict each other: lines of several writers at once have no order of "
        "their own; give --order per-writer, or one writer",
        asked.writers);
  }
  if (asked.max_loss_ns && !asked.lines_per_second) {
    return "--max-loss as a time needs --lines-per-second, which says how many bytes that is; give both, or a size";
  }
  if (asked.goal == Goal::kSpeed && asked.lines_per_second) {
    return "--prefer 'speed' and --lines-per-second contradict each other: at a rate all that keep up are as fast; "
           "give --prefer cpu or stall, or leave the rate out";
  }
  if (asked.file_per_writer && asked.writers == 1) {
    return "--file-per-writer and one writer contradict each other: there is one file; give --writers, or leave it out";
  }
  return std::nullopt;
}

std::optional<std::string> nothing_promises(const Advice::Asked& asked, const Screening& screening) {
  if (!screening.candidates.empty()) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> failed;  // an option, and the strategies that fail it
  std::string others;
  for (const Advice::RuledOut& out : screening.ruled_out) {
    const std::string option = option_of(out.by, asked);
    if (option.empty()) {
      others += fmt::format("{}{} ({})", others.empty() ? "" : ", ", out.strategy, out.reason);
      continue;
    }
    auto known = std::find_if(failed.begin(), failed.end(), [&](const auto& one) { return one.first == option; });
    if (known == failed.end()) known = failed.insert(failed.end(), {option, ""});
    known->second += (known->second.empty() ? "" : ", ") + out.strategy;
  }
  std::string text = "no strategy can promise all of this, whatever is measured: ";
  for (std::size_t i = 0; i < failed.size(); ++i) {
    text += fmt::format("{}{} rules out {}", i == 0 ? "" : "; ", failed[i].first, failed[i].second);
  }
  if (!others.empty()) text += fmt::format("{}not here: {}", failed.empty() ? "" : "; ", others);
  return text + "; ask for less";
}

std::uint64_t bytes_in(std::int64_t ns, double lines_per_second, double line_bytes) {
  const double bytes = static_cast<double>(ns) * 1e-9 * lines_per_second * line_bytes;
  return bytes < 1e18 ? static_cast<std::uint64_t>(std::floor(bytes)) : static_cast<std::uint64_t>(1e18);
}

}  // namespace writebench::advise
