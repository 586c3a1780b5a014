#include "advise/conclude.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include "advise/figures.hpp"
#include "engine/statistics.hpp"

namespace writebench::advise {
namespace {

using engine::Cell;
using reports::Advice;
using Finalist = reports::Advice::Finalist;

const Cell& cell_named(const reports::Report& report, const std::string& id) {
  const Cell* const cell = cell_of(report, id);
  if (cell == nullptr) throw std::runtime_error("the advice names '" + id + "', which is not among the cells");
  return *cell;
}

// Whether something is worse than another by its ratios to that one: by more than the margin, and not by chance.
bool is_worse(const std::vector<double>& ratios, double ratio_of_medians, double margin) {
  if (ratios.empty()) return ratio_of_medians > 1 + margin;
  if (const auto interval = engine::median_interval_95(ratios)) {
    const double median = engine::median(ratios);
    return median > 1 + margin && (interval->low > 1 + kTieMargin || median > kBeyondNoise);
  }
  // Too few rounds for an interval: it has to be worse in all of them.
  return std::all_of(ratios.begin(), ratios.end(), [&](double ratio) { return ratio > 1 + margin; });
}

// Also says what the harness takes.
double margin_of(const reports::Report& report, Advice& advice, double best_ns) {
  advice.harness_ns.reset();
  if (!advice.harness_cell.empty()) {
    const auto harness = figures_of(cell_named(report, advice.harness_cell), advice.asked.goal);
    if (harness) advice.harness_ns = harness->value_ns;
  }
  return best_ns > 0 ? std::max(kTieMargin, indifferent_ns(advice.asked, advice.harness_ns) / best_ns) : kTieMargin;
}

void fill_in(const reports::Report& report, const Advice::Asked& asked, std::vector<Finalist>& finalists) {
  std::vector<Finalist> known;
  for (Finalist& finalist : finalists) {
    auto figures = figures_of(cell_named(report, finalist.cell), asked.goal, finalist.figures.may_lose_bytes);
    if (!figures) continue;
    finalist.figures = *figures;
    finalist.fulfils = failures(finalist.figures, asked).empty();
    known.push_back(std::move(finalist));
  }
  finalists = std::move(known);
}

}  // namespace

double indifferent_ns(const Advice::Asked& asked, std::optional<double> harness_ns) {
  const double rate = asked.lines_per_second.value_or(0);
  const double idle_ns = asked.goal == reports::Goal::kCpu && rate > 0 ? kIdleShare * 1e9 / rate : 0;
  const double margin = asked.goal == reports::Goal::kStall ? kMachineMargin : kHarnessMargin;
  return std::max(idle_ns, margin * harness_ns.value_or(0));
}

const Cell* cell_of(const reports::Report& report, const std::string& id) {
  const auto found =
      std::find_if(report.cells.begin(), report.cells.end(), [&](const Cell& cell) { return cell.id == id; });
  return found == report.cells.end() ? nullptr : &*found;
}

void conclude(reports::Report& report) {
  Advice& advice = *report.advice;
  std::vector<Finalist>& finalists = advice.finalists;
  fill_in(report, advice.asked, finalists);
  advice.recommended = false;
  if (finalists.empty()) return;

  const auto before = [](const Finalist& a, const Finalist& b) {
    return std::pair(!a.fulfils, a.figures.value_ns) < std::pair(!b.fulfils, b.figures.value_ns);
  };
  const Finalist best = *std::min_element(finalists.begin(), finalists.end(), before);
  advice.recommended = best.fulfils;
  advice.tie_margin = margin_of(report, advice, best.figures.value_ns);
  const Finalist* chosen = nullptr;
  for (Finalist& finalist : finalists) {
    const auto to_best = ratios(cell_named(report, finalist.cell), cell_named(report, best.cell), advice.asked.goal);
    const double of_medians = finalist.figures.value_ns / std::max(1e-9, best.figures.value_ns);
    finalist.tied = finalist.fulfils == best.fulfils &&
                    (finalist.cell == best.cell || !is_worse(to_best, of_medians, advice.tie_margin));
    if (finalist.tied && (chosen == nullptr || finalist.effort < chosen->effort)) chosen = &finalist;
  }
  const std::string first = chosen->cell;
  std::stable_sort(finalists.begin(), finalists.end(), [&](const Finalist& a, const Finalist& b) {
    return std::pair(a.cell != first, std::pair(!a.fulfils, a.figures.value_ns)) <
           std::pair(b.cell != first, std::pair(!b.fulfils, b.figures.value_ns));
  });
  for (Finalist& finalist : finalists) {
    finalist.ratio = {};
    finalist.rounds = 0;
    if (finalist.cell == first) continue;
    const std::vector<double> beside =
        ratios(cell_named(report, finalist.cell), cell_named(report, first), advice.asked.goal);
    finalist.rounds = beside.size();
    if (!beside.empty()) finalist.ratio = {engine::median(beside), engine::median_interval_95(beside)};
    // The best may be too noisy to tell what the recommended one does.
    const double of_medians = finalist.figures.value_ns / std::max(1e-9, finalists.front().figures.value_ns);
    finalist.tied = finalist.tied && !is_worse(beside, of_medians, advice.tie_margin);
  }
}

}  // namespace writebench::advise
