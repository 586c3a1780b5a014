#include "gate/ab_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <random>

#include "engine/run/interrupt.hpp"
#include "reports/iso_time.hpp"

namespace writebench::gate {
namespace {

using Clock = std::chrono::steady_clock;
using engine::Cell;
using Stage = AbObserver::Stage;

enum class Role { kBase, kHead, kTwin };

Cell* find(std::vector<Cell>& cells, const std::string& id) {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const Cell& cell) { return cell.id == id; });
  return found == cells.end() ? nullptr : &*found;
}

const ComparedCell* find(const std::vector<ComparedCell>& cells, const std::string& id) {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const ComparedCell& cell) { return cell.id == id; });
  return found == cells.end() ? nullptr : &*found;
}

// The report with only the rounds from `round` on.
reports::Report since(int round, reports::Report report) {
  for (Cell& cell : report.cells) {
    std::erase_if(cell.samples, [&](const engine::Sample& sample) { return sample.round < round; });
  }
  return report;
}

class AbSession {
 public:
  AbSession(const Side& base, const Side& head, const ComparisonSettings& settings, const AbPlan& plan,
            AbObserver& observer)
      : base_(base), head_(head), settings_(settings), plan_(plan), observer_(observer), random_(plan.seed) {}

  AbResult result() {
    AbResult result;
    result.base = contestants(base_.cells);
    result.head = contestants(head_.cells);
    const std::size_t cells = result.base.cells.size();
    for (std::size_t i = 0; i < cells; ++i) {
      Cell twin = result.base.cells[i];
      twin.twin_of = twin.id;
      twin.id += "#2";
      result.base.cells.push_back(std::move(twin));
    }
    pair_up(result);
    try {
      measure(result);
      result.most_pairs = most_pairs_;
      result.complete = true;
    } catch (const Interrupted&) {
      result.comparison = compare(result.base, result.head, settings_);
      for (ComparedCell& cell : result.comparison.cells) {
        cell.judgement.verdict = PairVerdict::kInconclusive;
        cell.reason = "interrupted";
      }
    }
    result.base.complete = result.head.complete = result.complete;
    result.comparison.base.complete = result.comparison.head.complete = result.complete;
    return result;
  }

 private:
  static void pair_up(AbResult& result) {
    const std::string id =
        fmt::format("{:016x}", std::random_device{}() * 0x9e3779b97f4a7c15u ^
                                   static_cast<std::uint64_t>(Clock::now().time_since_epoch().count()));
    result.base.pairing = {id, "base"};
    result.head.pairing = {id, "head"};
    result.base.started_at = result.head.started_at = reports::now_as_iso_text();
  }

  void measure(AbResult& result) {
    const std::vector<std::string> ids = ids_in_both(result);
    for (const std::string& id : ids) most_pairs_[id] = plan_.looks.pairs;
    warm_up(result, ids);
    result.comparison = sequence(result, ids, Stage::kPairs);
    confirm(result);
  }

  // Runs pairs of these cells until each has a verdict or its maximum of pairs; only these pairs are judged.
  Comparison sequence(AbResult& result, std::vector<std::string> active, Stage stage) {
    const Clock::time_point deadline = plan_.now() + plan_.budget;
    const int first_round = round_;
    const auto so_far = [&](const ComparisonSettings& settings) {
      return compare(since(first_round, result.base), since(first_round, result.head), settings);
    };
    const std::vector<std::size_t> looks = schedule(plan_.looks);
    ComparisonSettings settings = settings_;
    settings.rule.alpha /= static_cast<double>(looks.size());
    Comparison comparison = so_far(settings);
    std::vector<ComparedCell> decided;
    std::size_t done = 0;
    for (const std::size_t pairs : looks) {
      if (active.empty() || plan_.now() >= deadline) break;
      for (; done < pairs && plan_.now() < deadline; ++done) {
        observer_.round_begins(stage, done + 1, most_pairs_of(active), active.size());
        round(result, active);
      }
      comparison = so_far(settings);
      keep_decisions(comparison, decided);
      std::erase_if(active, [&](const std::string& id) {
        const ComparedCell* const cell = find(comparison.cells, id);
        return cell == nullptr || cell->judgement.verdict != PairVerdict::kInconclusive || pairs >= most_pairs_.at(id);
      });
    }
    for (const std::string& id : active) most_pairs_.erase(id);
    comparison.settings = settings_;
    return comparison;
  }

  std::size_t most_pairs_of(const std::vector<std::string>& ids) const {
    std::size_t most = 0;
    for (const std::string& id : ids) most = std::max(most, most_pairs_.at(id));
    return most;
  }

  static std::vector<std::string> ids_in_both(AbResult& result) {
    std::vector<std::string> ids;
    for (const Cell& cell : result.base.cells) {
      const Cell* const partner = find(result.head.cells, cell.id);
      if (partner != nullptr && !cell.status && !partner->status) ids.push_back(cell.id);
    }
    return ids;
  }

  // A failure ends a cell at once. Of the other results only the time of a pair, its twin included, is used.
  void warm_up(AbResult& result, const std::vector<std::string>& ids) {
    for (std::size_t i = 0; i < plan_.warm_ups; ++i) {
      observer_.round_begins(Stage::kWarmUp, i + 1, plan_.warm_ups, ids.size());
      for (const std::string& id : ids) {
        const Clock::time_point began = plan_.now();
        const auto run = [&](const Side& side, Cell& cell) {
          engine::Sample sample = trial(side, cell);
          ++cell.warm_up_trials;
          if (sample.outcome != engine::Outcome::kOk) cell.add(std::move(sample));
        };
        Cell& base = *find(result.base.cells, id);
        run(base_, base);
        run(head_, *find(result.head.cells, id));
        most_pairs_[id] = most_pairs(plan_.looks, (plan_.now() - began) * 3 / 2, base.parameters.durability);
      }
    }
  }

  // One pair of each cell, in a shuffled order.
  void round(AbResult& result, const std::vector<std::string>& active) {
    std::vector<std::string> order = active;
    std::shuffle(order.begin(), order.end(), random_);
    int position = 0;
    const std::array<Role, 3>& roles = next_order();
    for (const std::string& id : order) {
      Cell& base_cell = *find(result.base.cells, id);
      Cell& head_cell = *find(result.head.cells, id);
      if (failed(base_cell) || failed(head_cell)) continue;
      for (const Role role : roles) {
        engine::Sample sample = role == Role::kHead ? trial(head_, head_cell) : trial(base_, base_cell);
        sample.round = round_;
        sample.position = position++;
        // The twin is another trial of the base: if it fails, the base has failed.
        const bool twin = role == Role::kTwin && sample.outcome == engine::Outcome::kOk;
        Cell& cell = role == Role::kHead ? head_cell : twin ? *find(result.base.cells, id + "#2") : base_cell;
        cell.add(std::move(sample));
      }
    }
    ++round_;
  }

  engine::Sample trial(const Side& side, const Cell& cell) const {
    auto result = side.runner.run({.cell = cell, .observe = settings_.metric->observed()}, [this] {
      plan_.now();
      return engine::interrupted() == 0;
    });
    if (!result) throw Interrupted();
    return std::move(result->sample);
  }

  static bool failed(const Cell& cell) { return cell.status && *cell.status != engine::Outcome::kOk; }

  // The six orders of the three roles, each once in six rounds.
  const std::array<Role, 3>& next_order() {
    if (next_order_ == orders_.size()) {
      std::shuffle(orders_.begin(), orders_.end(), random_);
      next_order_ = 0;
    }
    return orders_[next_order_++];
  }

  static void keep_decisions(Comparison& comparison, std::vector<ComparedCell>& decided) {
    for (ComparedCell& cell : comparison.cells) {
      if (const ComparedCell* const earlier = find(decided, cell.id)) {
        cell = *earlier;
      } else if (cell.judgement.verdict != PairVerdict::kInconclusive) {
        decided.push_back(cell);
      }
    }
  }

  void confirm(AbResult& result) {
    std::vector<std::string> suspects;
    for (const ComparedCell& cell : result.comparison.cells) {
      if (cell.judgement.verdict == PairVerdict::kSlower) suspects.push_back(cell.id);
    }
    if (suspects.empty()) return;
    const Comparison fresh = sequence(result, suspects, Stage::kConfirm);
    for (ComparedCell& cell : result.comparison.cells) {
      const ComparedCell* const again = find(fresh.cells, cell.id);
      if (cell.judgement.verdict != PairVerdict::kSlower || again == nullptr) continue;
      const std::string first =
          fmt::format("{:+.1f} % in the first {} pairs", 100 * std::expm1(cell.difference), cell.size);
      const bool confirmed = again->judgement.verdict == PairVerdict::kSlower;
      cell = *again;
      cell.judgement.verdict = confirmed ? PairVerdict::kSlower : PairVerdict::kInconclusive;
      cell.reason = fmt::format("{}, {} by {} fresh ones", first, confirmed ? "confirmed" : "not confirmed", cell.size);
    }
    // A suspect that fails now counts as failed, whatever it measured before.
    for (const Unmatched& unmatched : fresh.not_compared) {
      if (std::find(suspects.begin(), suspects.end(), unmatched.id) == suspects.end()) continue;
      std::erase_if(result.comparison.cells, [&](const ComparedCell& cell) { return cell.id == unmatched.id; });
      result.comparison.not_compared.push_back(unmatched);
    }
  }

  const Side& base_;
  const Side& head_;
  const ComparisonSettings& settings_;
  const AbPlan& plan_;
  AbObserver& observer_;
  std::mt19937_64 random_;
  std::map<std::string, std::size_t> most_pairs_;  // of each cell
  int round_ = 0;
  std::array<std::array<Role, 3>, 6> orders_{{{Role::kBase, Role::kHead, Role::kTwin},
                                              {Role::kBase, Role::kTwin, Role::kHead},
                                              {Role::kHead, Role::kBase, Role::kTwin},
                                              {Role::kHead, Role::kTwin, Role::kBase},
                                              {Role::kTwin, Role::kBase, Role::kHead},
                                              {Role::kTwin, Role::kHead, Role::kBase}}};
  std::size_t next_order_ = orders_.size();
};

}  // namespace

AbResult ab_session(const Side& base, const Side& head, const ComparisonSettings& settings, const AbPlan& plan,
                    AbObserver& observer) {
  return AbSession(base, head, settings, plan, observer).result();
}

}  // namespace writebench::gate
