#include "reports/ranking.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics.hpp"
#include "reports/pairs.hpp"
#include "reports/report.hpp"

namespace writebench::reports {
namespace {

using engine::Cell;

// Whether the ratios are above 1 beyond the noise. For the opposite question, pass their inverses.
bool clearly_above(const std::vector<double>& ratios, bool disturbed) {
  if (ratios.empty()) return false;
  if (ratios.size() < 10) {
    const double least = ratios.size() < 3 ? 2 : 1 + kWideMargin;
    return std::all_of(ratios.begin(), ratios.end(), [&](double ratio) { return ratio > least; });
  }
  const double margin = disturbed ? kWideMargin : kMargin;
  const auto above = std::count_if(ratios.begin(), ratios.end(), [&](double ratio) { return ratio > 1 + margin; });
  return engine::sign_test(ratios.size(), static_cast<std::size_t>(above)) <= kAlpha;
}

bool same(const Contract& a, const Contract& b) { return a.order == b.order && a.layout == b.layout; }

void place_by_stall(Group& group, const std::vector<Cell>& cells) {
  const auto stall_ns = [&](const Ranked& ranked) {
    return cells[ranked.cell].caller_stall.percentile_ns(0.99).value_or(INFINITY);
  };
  std::stable_sort(group.cells.begin(), group.cells.end(),
                   [&](const Ranked& a, const Ranked& b) { return stall_ns(a) < stall_ns(b); });
}

void place(Group& group, const std::vector<Cell>& cells) {
  if (group.paced) return place_by_stall(group, cells);
  std::stable_sort(group.cells.begin(), group.cells.end(), [&](const Ranked& a, const Ranked& b) {
    return engine::median(engine::times_ns(cells[a.cell])) < engine::median(engine::times_ns(cells[b.cell]));
  });
  // From the fastest on, each joins the place of the fastest above it unless it is slower beyond doubt than that one.
  for (std::size_t leader = 0, end = 0; leader < group.cells.size(); leader = end) {
    const Cell& fastest = cells[group.cells[leader].cell];
    for (end = leader + 1; end < group.cells.size(); ++end) {
      if (compare(cells[group.cells[end].cell], fastest) == PairVerdict::kSlower) break;
    }
    for (std::size_t i = leader; i < end; ++i) {
      group.cells[i].rank = leader + 1;
      for (std::size_t j = leader; j < end; ++j) {
        if (j != i) group.cells[i].tied_with.push_back(cells[group.cells[j].cell].id);
      }
    }
  }
}

}  // namespace

PairVerdict compare(const Cell& cell, const Cell& other) {
  Pairs pairs = paired(cell, other);
  const bool disturbed = 2 * pairs.disturbed > pairs.ratios.size();
  if (clearly_above(pairs.ratios, disturbed)) return PairVerdict::kSlower;
  for (double& ratio : pairs.ratios) ratio = 1 / ratio;
  return clearly_above(pairs.ratios, disturbed) ? PairVerdict::kFaster : PairVerdict::kTied;
}

std::vector<Group> rank(const std::vector<Cell>& cells) {
  std::vector<Group> groups;
  // The groups of one workload are adjacent; workloads are in the order in which they first occur.
  const auto first_of_work = [&](const Group& group) {
    return std::find_if(cells.begin(), cells.end(),
                        [&](const Cell& cell) { return engine::same_work(cell, cells[group.cells.front().cell]); });
  };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].status != engine::Outcome::kOk || engine::times_ns(cells[i]).empty()) continue;
    const Contract& contract = cells[i].strategy.contract;
    const bool control = is_control(cells[i]);
    const bool cut = !control && cells[i].asked_lines;
    const bool paced = has_rate(cells[i]);
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& candidate) {
      return engine::same_work(cells[candidate.cells.front().cell], cells[i]) && candidate.control == control &&
             candidate.cut == cut && (control || cut || same(candidate.contract, contract));
    });
    if (group == groups.end()) group = groups.insert(groups.end(), {contract, control, cut, paced, {}});
    group->cells.push_back({i, 1, {}});
  }
  for (Group& group : groups) place(group, cells);
  std::stable_sort(groups.begin(), groups.end(), [&](const Group& a, const Group& b) {
    if (const auto left = first_of_work(a), right = first_of_work(b); left != right) return left < right;
    const auto place = [](const Group& group) { return group.cut ? 2 : group.control ? 1 : 0; };
    return place(a) != place(b) ? place(a) < place(b) : a.contract.order > b.contract.order;
  });
  return groups;
}

}  // namespace writebench::reports
