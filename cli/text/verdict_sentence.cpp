#include "cli/text/verdict_sentence.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/text/format_quantity.hpp"
#include "engine/statistics.hpp"
#include "reports/pairs.hpp"
#include "reports/ranking.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;
using reports::Group;
using reports::Ranked;

// "1.52x as fast as sync (95 % interval 1.48 to 1.57, 40 rounds)"
std::string lead(const Cell& fast, const Cell& slow) {
  const std::vector<double> ratios = reports::paired_ratios(slow, fast);
  if (ratios.empty()) return fmt::format("faster than {}", slow.id);
  const auto interval = engine::median_interval_95(ratios);
  return fmt::format(
      "{} as fast as {} ({}{} round{})", format_factor(engine::median(ratios)), slow.id,
      interval ? fmt::format("95 % interval {} to {}, ", format_times(interval->low), format_times(interval->high))
               : std::string("too few for an interval: "),
      ratios.size(), ratios.size() == 1 ? "" : "s");
}

// "a, b and 4 others"
std::string some_of(const std::vector<std::string>& ids) {
  constexpr std::size_t kMost = 3;
  if (ids.size() <= kMost) return fmt::format("{}", fmt::join(ids, ", "));
  return fmt::format("{} and {} others", fmt::join(ids.begin(), ids.begin() + kMost - 1, ", "), ids.size() - kMost + 1);
}

std::string verdict(const Group& group, const std::vector<Cell>& cells, const std::string& among) {
  const Cell& first = cells[group.cells.front().cell];
  const std::vector<std::string>& tied = group.cells.front().tied_with;
  const auto next =
      std::find_if(group.cells.begin(), group.cells.end(), [](const Ranked& cell) { return cell.rank > 1; });
  if (next == group.cells.end()) {
    return fmt::format("No difference beyond the noise{}: {} and {} tie.", among, first.id, some_of(tied));
  }
  std::string text = fmt::format("Fastest{}: {}", among, first.id);
  if (!tied.empty()) text += fmt::format(", tied with {}", some_of(tied));
  const Cell& second = cells[next->cell];
  text += "; " + lead(first, second);
  const Cell* const reference = reports::cell_of(reports::kReference, first, cells);
  const bool shown = reference == nullptr || reference == &first || reference == &second ||
                     std::find(tied.begin(), tied.end(), reference->id) != tied.end() ||
                     reports::compare(*reference, first) != reports::PairVerdict::kSlower;
  return text + (shown ? "." : ", " + lead(first, *reference) + ".");
}

}  // namespace

std::vector<std::string> verdicts(const reports::Report& report) {
  std::vector<Group> groups = reports::rank(report.cells);
  std::erase_if(groups, [](const Group& group) { return !group.ranked() || group.cells.size() < 2; });
  std::vector<std::string> sentences;
  for (const Group& group : groups) {
    const Cell& first = report.cells[group.cells.front().cell];
    sentences.push_back(
        verdict(group, report.cells,
                groups.size() == 1 ? "" : fmt::format(" of the {} like {}", group.cells.size(), first.id)));
  }
  return sentences;
}

}  // namespace writebench::cli
