#include "explain/conclude.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace writebench::explain {
namespace {

using engine::Cell;
using engine::Interval;
using reports::Estimate;
using reports::Explanation;

constexpr std::size_t kLeastRounds = 6;
constexpr int kDraws = 2000;
constexpr double kNear = 4;  // only ratios that lie so near to 1 say where it is, and the nearest on each side

// The time of a line in each round.
std::map<int, double> by_round(const Cell& cell) {
  std::map<int, double> times;
  for (const engine::Sample& sample : cell.samples) {
    if (const auto ns = engine::ns_per_line(cell, sample)) times[sample.round] = *ns;
  }
  return times;
}

// Of the values that two cells have together in each round in which both have a time.
template <class Combine>
auto together(const Cell& cell, const Cell& other, Combine combine) {
  std::vector<decltype(combine(0.0, 0.0))> values;
  const std::map<int, double> beside = by_round(other);
  for (const auto& [round, time] : by_round(cell)) {
    if (const auto found = beside.find(round); found != beside.end()) values.push_back(combine(time, found->second));
  }
  return values;
}

Estimate estimate(const std::vector<double>& values) {
  if (values.empty()) return {};
  return {engine::median(values), engine::median_interval_95(values)};
}

Estimate ratio(const Cell& cell, const Cell& reference) {
  return estimate(together(cell, reference, [](double a, double b) { return a / b; }));
}

const Cell& cell_named(const reports::Report& report, const std::string& id) {
  const Cell* const cell = cell_of(report, id);
  if (cell == nullptr) throw std::runtime_error("the explanation names '" + id + "', which is not among the cells");
  return *cell;
}

// The ends of the middle part of these values.
Interval middle(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  const auto at = [&](double quantile) { return values[static_cast<std::size_t>(std::lround(quantile * last))]; };
  return {at((1 - share) / 2), at((1 + share) / 2)};
}

// By how much the median of one cell exceeds that of another. The interval comes from rounds drawn anew, with those
// that both have kept together (B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, chapter 13).
Estimate added(const Cell& cell, const Cell& below) {
  const auto own = ns_per_line(cell);
  const auto other = ns_per_line(below);
  if (!own || !other) return {};
  Estimate added{*own - *other, std::nullopt};
  const auto pairs = together(cell, below, [](double a, double b) { return std::pair(a, b); });
  if (pairs.size() < kLeastRounds) return added;
  std::mt19937_64 random(pairs.size());  // the same samples always give the same interval
  std::vector<double> differences;
  std::vector<double> cells(pairs.size()), belows(pairs.size());
  for (int draw = 0; draw < kDraws; ++draw) {
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      std::tie(cells[i], belows[i]) = pairs[random() % pairs.size()];
    }
    differences.push_back(engine::median(cells) - engine::median(belows));
  }
  added.ci95 = middle(differences, 0.95);
  return added;
}

// Between which nine of ten rounds lie, and the interval of the median in any case.
std::optional<Interval> rounds(const Cell& cell, const Cell& below, const Estimate& added) {
  const std::vector<double> differences = together(cell, below, [](double a, double b) { return a - b; });
  if (differences.size() < kLeastRounds || !added.ci95) return std::nullopt;
  const Interval most = middle(differences, 0.9);
  return Interval{std::min(most.low, added.ci95->low), std::max(most.high, added.ci95->high)};
}

void price_steps(const reports::Report& report, std::vector<Explanation::Step>& ladder) {
  const Cell* below = nullptr;
  for (Explanation::Step& step : ladder) {
    const Cell& cell = cell_named(report, step.cell);
    const auto ns = ns_per_line(cell);
    step.ns_per_line = ns.value_or(0);
    step.added_ns = {};
    step.rounds_ns = std::nullopt;
    if (!ns) continue;  // the next step is what it adds beyond the last one that ran
    if (below != nullptr) {
      step.added_ns = added(cell, *below);
      step.rounds_ns = rounds(cell, *below, step.added_ns);
    }
    below = &cell;
  }
}

void compare(const reports::Report& report, std::vector<Explanation::Beside>& cells) {
  for (Explanation::Beside& beside : cells) {
    beside.ratio = ratio(cell_named(report, beside.cell), cell_named(report, beside.reference));
  }
}

// The ratios of `buffered` at one size of its blocks, round by round.
struct Size {
  double bytes = 0;
  std::vector<double> ratios;
};

// Where the curve of these sizes is 1, each with the ratio that `value` makes of its rounds.
template <class Value>
std::optional<double> crossing(const std::vector<Size>& sizes, Value value) {
  std::vector<Point> points;
  for (const Size& size : sizes) points.push_back({size.bytes, value(size.ratios)});
  return hyperbola_at_one(points);
}

std::optional<Explanation::BreakEven> break_even(const reports::Report& report,
                                                 const std::vector<Explanation::Beside>& cells) {
  std::vector<Size> sizes;
  double line_bytes = 1;
  for (const Explanation::Beside& beside : cells) {
    const Cell& cell = cell_named(report, beside.cell);
    line_bytes = std::max(1.0, mean_line_bytes(cell));
    Size size{static_cast<double>(cell.parameters.value(kBufferSize)),
              together(cell, cell_named(report, beside.reference), [](double a, double b) { return a / b; })};
    if (!size.ratios.empty()) sizes.push_back(std::move(size));
  }
  const auto at = crossing(sizes, [](const std::vector<double>& ratios) { return engine::median(ratios); });
  if (!at) return std::nullopt;
  Explanation::BreakEven found{.block_bytes = *at, .interval = {}, .lines = *at / line_bytes};
  std::mt19937_64 random(sizes.size());
  std::vector<double> drawn;
  for (int draw = 0; draw < kDraws; ++draw) {
    const auto again = crossing(sizes, [&](const std::vector<double>& ratios) {
      std::vector<double> chosen(ratios.size());
      for (double& ratio : chosen) ratio = ratios[random() % ratios.size()];
      return engine::median(std::move(chosen));
    });
    if (again) drawn.push_back(*again);
  }
  // If many of them never cross, nothing is known of the ends.
  if (drawn.size() > static_cast<std::size_t>(kDraws) * 95 / 100) found.interval = middle(std::move(drawn), 0.95);
  return found;
}

}  // namespace

void conclude(reports::Report& report) {
  if (!report.explanation) return;
  Explanation& explanation = *report.explanation;
  if (explanation.ladder.empty()) throw std::runtime_error("the explanation has no ladder");
  cell_named(report, explanation.subject);
  cell_named(report, explanation.reference);
  for (const reports::StageSummary& stages : explanation.stages) cell_named(report, stages.cell);
  price_steps(report, explanation.ladder);
  compare(report, explanation.variants);
  compare(report, explanation.block_sizes);
  compare(report, explanation.thinks);
  explanation.break_even = break_even(report, explanation.block_sizes);
  for (const auto* ids : {&explanation.paced, &explanation.durable}) {
    for (const std::string& id : *ids) cell_named(report, id);
  }
}

const Cell* cell_of(const reports::Report& report, const std::string& id) {
  const auto found =
      std::find_if(report.cells.begin(), report.cells.end(), [&](const Cell& cell) { return cell.id == id; });
  return found == report.cells.end() ? nullptr : &*found;
}

std::optional<double> ns_per_line(const Cell& cell) {
  std::vector<double> times;
  for (const engine::Sample& sample : cell.samples) {
    if (const auto ns = engine::ns_per_line(cell, sample)) times.push_back(*ns);
  }
  return times.empty() ? std::nullopt : std::optional(engine::median(std::move(times)));
}

double mean_line_bytes(const engine::CellSpec& cell) {
  return static_cast<double>(cell.bytes) / std::max(1.0, static_cast<double>(cell.parameters.lines));
}

std::optional<double> hyperbola_at_one(const std::vector<Point>& points) {
  // Weighted least squares of y = a + b u with u = 1 / x; the errors are relative, so the weights are 1 / y^2.
  double w = 0, wu = 0, wy = 0, wuu = 0, wuy = 0;
  double least_above = std::numeric_limits<double>::infinity();
  double most_below = 0;
  for (const Point& point : points) {
    (point.y > 1 ? least_above : most_below) =
        point.y > 1 ? std::min(least_above, point.y) : std::max(most_below, point.y);
  }
  if (!std::isfinite(least_above) || most_below <= 0) return std::nullopt;
  for (const Point& point : points) {
    if (point.y < std::min(most_below, 1 / kNear) || point.y > std::max(least_above, kNear)) continue;
    const double weight = 1 / (point.y * point.y);
    const double u = 1 / point.x;
    w += weight;
    wu += weight * u;
    wy += weight * point.y;
    wuu += weight * u * u;
    wuy += weight * u * point.y;
  }
  const double b = (w * wuy - wu * wy) / (w * wuu - wu * wu);
  const double a = (wy - b * wu) / w;
  if (!std::isfinite(b) || b <= 0 || a >= 1) return std::nullopt;
  return b / (1 - a);
}

}  // namespace writebench::explain
