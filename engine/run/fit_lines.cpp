#include "engine/run/fit_lines.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <numeric>
#include <optional>

#include "engine/run/estimate.hpp"

namespace writebench::engine {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint64_t kStep = 10;
constexpr int kShareOfASecondLook = 500;  // of the budget: what a look at more lines may be expected to take

// The lines that a divisor leaves must be at least kLeastLines.
bool can_be_cut(std::uint64_t lines, std::uint64_t divisor) { return lines / divisor / kStep >= kLeastLines; }

std::uint64_t divisor_for(const Demand& demand, nanoseconds share) {
  const auto of_lines = [&](std::uint64_t divisor) {
    return (demand.trial - demand.around) / static_cast<std::int64_t>(divisor);
  };
  const auto fits = [&](std::uint64_t divisor) {
    return (demand.around + of_lines(divisor)) * kTrialsThatMustFit <= share;
  };
  std::uint64_t divisor = 1;
  while (!fits(divisor) && of_lines(divisor) > demand.around && can_be_cut(demand.lines, divisor)) divisor *= kStep;
  return divisor;
}

// A cell and its twins are cut alike, whatever the noise of their estimates.
void equal_for_twins(std::vector<Demand>& demands, const std::vector<Cell>& cells) {
  const auto original = [&](std::size_t i) { return cells[i].twin_of.empty() ? cells[i].id : cells[i].twin_of; };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    for (std::size_t j = 0; j < cells.size(); ++j) {
      if (original(i) == original(j)) demands[i].trial = std::max(demands[i].trial, demands[j].trial);
    }
  }
}

// Estimates the cell from a trial of that many of its lines. Returns false if a signal ended it.
bool look(const Cell& cell, TrialRunner& runner, std::uint64_t lines, Demand& demand, RunObserver& observer) {
  observer.look_begins(cell);
  const std::optional<TrialEstimate> estimate = glance_at_trial(cell, runner, lines);
  if (!estimate) return false;
  const double ns = static_cast<double>((estimate->time - estimate->around).count());
  observer.look_ended(cell,
                      estimate->failed ? std::nullopt : std::optional(ns / static_cast<double>(cell.parameters.lines)));
  demand = {estimate->time, std::min(estimate->around, estimate->time), cell.parameters.lines};
  return true;
}

// Expected time of a trial of that many lines.
nanoseconds expected(const Demand& demand, std::uint64_t lines) {
  const double part = static_cast<double>(lines) / static_cast<double>(demand.lines);
  return demand.around + nanoseconds(std::llround(part * static_cast<double>((demand.trial - demand.around).count())));
}

// Lines that cannot be read are a failure of this cell alone.
void cut(Cell& cell, std::uint64_t divisor, const Content& content) {
  const std::uint64_t lines = cell.parameters.lines / divisor;
  try {
    cell.bytes = content.offset_bytes(lines);
  } catch (const std::exception& error) {
    cell.status = Outcome::kFailed;
    cell.status_detail = error.what();
    return;
  }
  cell.asked_lines = cell.parameters.lines;
  cell.parameters.lines = lines;
}

}  // namespace

std::vector<std::uint64_t> line_divisors(const std::vector<Demand>& cells, nanoseconds budget) {
  std::vector<std::size_t> ascending(cells.size());
  std::iota(ascending.begin(), ascending.end(), std::size_t{0});
  std::stable_sort(ascending.begin(), ascending.end(),
                   [&](std::size_t a, std::size_t b) { return cells[a].trial < cells[b].trial; });
  std::vector<std::uint64_t> divisors(cells.size(), 1);
  nanoseconds left = budget;
  for (auto cell = ascending.begin(); cell != ascending.end(); ++cell) {
    const nanoseconds share = left / (ascending.end() - cell);
    const nanoseconds needed = cells[*cell].trial * kTrialsThatMustFit;
    if (needed > share) {
      for (auto slow = cell; slow != ascending.end(); ++slow) divisors[*slow] = divisor_for(cells[*slow], share);
      break;
    }
    left -= needed;
  }
  return divisors;
}

bool fit_lines(std::vector<Cell>& cells, const std::vector<Runnable>& runnables, TrialRunner& runner,
               nanoseconds budget, RunObserver& observer) {
  if (cells.empty()) return true;
  std::vector<Demand> demands(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].status || !can_be_cut(cells[i].parameters.lines, 1)) continue;
    if (!look(cells[i], runner, kLeastLines, demands[i], observer)) return false;
  }
  // Producers of a queue wait for its consumer only once it is full, which few lines do not show.
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::uint64_t lines = demands[i].lines / kStep;
    if (lines <= kLeastLines || !runnables[i].strategy.has_writers()) continue;
    if (expected(demands[i], lines) > budget / kShareOfASecondLook) continue;
    if (!look(cells[i], runner, lines, demands[i], observer)) return false;
  }
  equal_for_twins(demands, cells);
  const nanoseconds share = budget / static_cast<std::int64_t>(cells.size());
  const std::vector<std::uint64_t> suspected = line_divisors(demands, budget);
  const auto suspects = std::count_if(suspected.begin(), suspected.end(), [](std::uint64_t d) { return d > 1; });
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (suspected[i] == 1) continue;
    nanoseconds left = budget / 10 / suspects;
    for (std::uint64_t lines = kLeastLines * kStep; lines < demands[i].lines; lines *= kStep) {
      const nanoseconds next = expected(demands[i], lines);
      if (demands[i].trial * kTrialsThatMustFit <= share || next > left) break;
      left -= next;
      if (!look(cells[i], runner, lines, demands[i], observer)) return false;
    }
  }
  equal_for_twins(demands, cells);
  const std::vector<std::uint64_t> divisors = line_divisors(demands, budget);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (divisors[i] == 1) continue;
    cut(cells[i], divisors[i], *runnables[i].content);
  }
  return true;
}

}  // namespace writebench::engine
