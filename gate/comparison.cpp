#include "gate/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace writebench::gate {
namespace {

using engine::Cell;
using engine::Sample;

std::map<int, double> logs_by_round(const Cell& cell, const Metric& metric) {
  std::map<int, double> logs;
  for (const Sample& sample : cell.samples) {
    if (const auto value = value_of(metric, sample)) logs[sample.round] = std::log(*value);
  }
  return logs;
}

std::vector<double> values_of(const std::map<int, double>& by_round) {
  std::vector<double> values;
  for (const auto& [round, value] : by_round) values.push_back(value);
  return values;
}

// The differences in the rounds that both have.
std::vector<double> differences(const std::map<int, double>& from, const std::map<int, double>& to) {
  std::vector<double> values;
  for (const auto& [round, value] : to) {
    if (const auto partner = from.find(round); partner != from.end()) values.push_back(value - partner->second);
  }
  return values;
}

std::size_t disturbed(const Cell& cell) {
  return static_cast<std::size_t>(std::count_if(cell.samples.begin(), cell.samples.end(),
                                                [](const Sample& sample) { return !sample.disturbances.empty(); }));
}

// One cell before it is judged.
struct Prepared {
  ComparedCell cell;
  Evidence evidence;
  std::string hindrance;  // why no verdict is possible, whatever the numbers say; otherwise empty
};

class Comparer {
 public:
  Comparer(const reports::Report& base, const reports::Report& head, const ComparisonSettings& settings)
      : base_(base),
        head_(head),
        settings_(settings),
        paired_(base.pairing && head.pairing && base.pairing->id == head.pairing->id),
        differences_(gate::differences(base, head)) {}

  Comparison result() {
    Comparison comparison;
    comparison.base = {"", base_.build.version, base_.build.commit, base_.started_at, base_.complete};
    comparison.head = {"", head_.build.version, head_.build.commit, head_.started_at, head_.complete};
    comparison.settings = settings_;
    Matching matching = match(base_, head_);
    std::vector<Prepared> prepared;
    for (const Match& match : matching.matches) {
      Prepared one = prepare(match);
      if (!paired_ && match.base == reference_of(*match.base, base_)) {
        matching.rest.push_back({one.cell.id, of_the_reference(one.cell)});
      } else if (one.evidence.size() == 0) {
        matching.rest.push_back({one.cell.id, without_evidence(one.cell)});
      } else {
        prepared.push_back(std::move(one));
      }
    }
    comparison.cells = judged(std::move(prepared));
    if (std::string note = note_on_pace(matching.matches); !note.empty()) comparison.notes.push_back(std::move(note));
    comparison.not_compared = std::move(matching.rest);
    comparison.differences = std::move(differences_);
    return comparison;
  }

 private:
  Prepared prepare(const Match& match) const {
    const Metric& metric = *settings_.metric;
    const auto base = logs_by_round(*match.base, metric);
    const auto head = logs_by_round(*match.head, metric);
    ComparedCell cell;
    cell.id = match.head->id;
    cell.lines = match.head->parameters.lines;
    cell.disturbed = disturbed(*match.base) + disturbed(*match.head);
    if (!base.empty()) cell.base = std::exp(engine::median(values_of(base)));
    if (!head.empty()) cell.head = std::exp(engine::median(values_of(head)));
    if (paired_) return paired(match, std::move(cell), base, head);
    return unpaired(match, std::move(cell), base, head);
  }

  // The twin is a second measurement of the base (an A/A test), so a difference between the two cannot come from the
  // program. Only the part of it that is certain widens the limits; otherwise the noise of every twin would.
  Prepared paired(const Match& match, ComparedCell cell, const std::map<int, double>& base,
                  const std::map<int, double>& head) const {
    cell.basis = Basis::kPaired;
    std::string hindrance;
    if (match.twin != nullptr) {
      const Evidence twin = Evidence::from_pairs(differences(base, logs_by_round(*match.twin, *settings_.metric)));
      cell.twin_difference = twin.difference();
      if (const auto interval = twin.interval(settings_.rule.alpha / 2)) {
        cell.allowance = std::max({0.0, interval->low, -interval->high});
      }
      if (cell.allowance > limit_of(settings_.rule, 0)) {
        hindrance = fmt::format("the base differs from itself by {:+.1f} %", 100 * std::expm1(*cell.twin_difference));
      }
    }
    return {std::move(cell), Evidence::from_pairs(differences(base, head)), std::move(hindrance)};
  }

  Prepared unpaired(const Match& match, ComparedCell cell, const std::map<int, double>& base,
                    const std::map<int, double>& head) const {
    cell.allowance = settings_.run_to_run.other;
    std::string hindrance = unlike_machines(cell.allowance);
    if (mostly_disturbed(*match.base)) hindrance = "most trials of the base were disturbed";
    if (mostly_disturbed(*match.head)) hindrance = "most trials of the head were disturbed";
    const Cell* const base_reference = reference_of(*match.base, base_);
    const Cell* const head_reference = reference_of(*match.head, head_);
    if (base_reference == nullptr || head_reference == nullptr) {
      cell.basis = Basis::kDirect;
      return {std::move(cell), Evidence::from_runs(values_of(base), values_of(head)), std::move(hindrance)};
    }
    cell.basis = Basis::kReference;
    if (settings_.metric->field == metrics().front().field) {  // the time, or its inverse
      cell.allowance += settings_.run_to_run.of(*match.head) - settings_.run_to_run.other;
    }
    const auto base_logs = logs_by_round(*base_reference, *settings_.metric);
    const auto head_logs = logs_by_round(*head_reference, *settings_.metric);
    // A change of the machine that moved the reference may have moved this cell more, or less.
    if (!base_logs.empty() && !head_logs.empty()) {
      cell.allowance += std::abs(engine::median(values_of(head_logs)) - engine::median(values_of(base_logs)));
    }
    return {std::move(cell), Evidence::from_runs(differences(base_logs, base), differences(head_logs, head)),
            std::move(hindrance)};
  }

  // A time that does not depend on the program cannot show a change of it.
  std::string note_on_pace(const std::vector<Match>& matches) const {
    if (settings_.metric->field != metrics().front().field) return "";
    std::string ids;
    for (const Match& match : matches) {
      if (!reports::has_rate(*match.head) || reports::falls_behind(*match.base) || reports::falls_behind(*match.head)) {
        continue;
      }
      ids += (ids.empty() ? "" : ", ") + match.head->id;
    }
    if (ids.empty()) return "";
    return fmt::format(
        "the pace (--rate) fixes the time of {}, so its verdict says nothing about the program: compare "
        "by --metric cpu, or stall-p99 with 'writebench ab'",
        ids);
  }

  std::string without_evidence(const ComparedCell& cell) const {
    const char* where = "trial";
    if (cell.base > 0 && cell.head > 0) where = cell.basis == Basis::kPaired ? "pair" : "round with the reference";
    const bool too_few = settings_.metric->observed() && !engine::supports(cell.lines, 0.99);
    return fmt::format("no {} has {}{}", where, settings_.metric->name, too_few ? ", which takes 100 lines" : "");
  }

  static std::string of_the_reference(const ComparedCell& cell) {
    std::string moved;
    if (cell.base > 0 && cell.head > 0) moved = fmt::format(", here {:+.1f} %", 100 * (cell.head / cell.base - 1));
    return fmt::format("it is the reference{}; only 'writebench ab' can tell its change from the machine's", moved);
  }

  static bool mostly_disturbed(const Cell& cell) { return 2 * disturbed(cell) > cell.samples.size(); }

  // The effect of differences between the machines: a wider limit, or the reason why no verdict is possible.
  std::string unlike_machines(double& allowance) const {
    std::string hindrance;
    for (const Difference& difference : differences_) {
      if (difference.effect == Effect::kWiden) allowance += kUnlikeAllowance;
      if (difference.effect == Effect::kInconclusive && hindrance.empty()) {
        hindrance = fmt::format("{} differs: {} in the base, {} in the head", difference.field, difference.base,
                                difference.head);
      }
    }
    return hindrance;
  }

  std::vector<ComparedCell> judged(std::vector<Prepared> prepared) const {
    std::vector<Case> cases;
    for (const Prepared& one : prepared) cases.push_back({one.evidence, one.cell.allowance});
    const std::vector<Judgement> judgements = judge(cases, settings_.rule);
    std::vector<ComparedCell> cells;
    for (std::size_t i = 0; i < prepared.size(); ++i) {
      ComparedCell& cell = prepared[i].cell;
      cell.size = prepared[i].evidence.size();
      cell.difference = prepared[i].evidence.difference();
      cell.judgement = judgements[i];
      if (!prepared[i].hindrance.empty()) {
        cell.judgement.verdict = PairVerdict::kInconclusive;
        cell.reason = prepared[i].hindrance;
      } else if (cell.judgement.verdict == PairVerdict::kInconclusive) {
        cell.reason = too_little(cell, cases.size());
      }
      cells.push_back(std::move(cell));
    }
    return cells;
  }

  std::string too_little(const ComparedCell& cell, std::size_t cells) const {
    const char* const what = name_of_size(cell.basis);
    if (!cell.judgement.detectable) {
      return fmt::format("{} {} are too few for any verdict on {} cell{} at {:g} %: it takes {}", cell.size, what,
                         cells, cells == 1 ? "" : "s", 100 * settings_.rule.alpha, least_size(cell.basis, cells));
    }
    return fmt::format("{} {} cannot tell it from {:+.0f} %: take more, or a quieter machine", cell.size, what,
                       std::copysign(100 * std::expm1(limit_of(settings_.rule, cell.allowance)), cell.difference));
  }

  static const char* name_of_size(Basis basis) {
    switch (basis) {
      case Basis::kPaired: return "pairs";
      case Basis::kReference: return "rounds with the reference";
      case Basis::kDirect: return "trials";
    }
    return "";
  }

  // The smallest size for which all trials on one side are less likely by chance than the error allowed for a cell.
  std::size_t least_size(Basis basis, std::size_t cells) const {
    const double error = settings_.rule.alpha / static_cast<double>(cells) / (basis == Basis::kPaired ? 1 : 2);
    return static_cast<std::size_t>(std::ceil(-std::log2(error)));
  }

  const reports::Report& base_;
  const reports::Report& head_;
  const ComparisonSettings& settings_;
  const bool paired_;
  std::vector<Difference> differences_;
};

}  // namespace

std::string_view to_string(Basis basis) {
  switch (basis) {
    case Basis::kPaired: return "paired";
    case Basis::kReference: return "reference";
    case Basis::kDirect: return "direct";
  }
  return "";
}

double RunToRun::of(const Cell& cell) const {
  const auto found = known.find(identity_of(cell));
  return found == known.end() ? other : found->second;
}

Comparison compare(const reports::Report& base, const reports::Report& head, const ComparisonSettings& settings) {
  return Comparer(base, head, settings).result();
}

Tally tally(const Comparison& comparison) {
  Tally tally;
  for (const ComparedCell& cell : comparison.cells) {
    switch (cell.judgement.verdict) {
      case PairVerdict::kSlower: ++tally.slower; break;
      case PairVerdict::kFaster: ++tally.faster; break;
      case PairVerdict::kSame: ++tally.same; break;
      case PairVerdict::kInconclusive: ++tally.inconclusive; break;
    }
  }
  for (const Unmatched& unmatched : comparison.not_compared) tally.failed += unmatched.failed;
  return tally;
}

bool broken(const Comparison& comparison) {
  return std::any_of(comparison.not_compared.begin(), comparison.not_compared.end(),
                     [](const Unmatched& unmatched) { return unmatched.broken; });
}

}  // namespace writebench::gate
