#include "gate/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace writebench::gate {

std::string_view to_string(PairVerdict verdict) {
  switch (verdict) {
    case PairVerdict::kSlower: return "slower";
    case PairVerdict::kFaster: return "faster";
    case PairVerdict::kSame: return "same";
    case PairVerdict::kInconclusive: return "inconclusive";
  }
  return "";
}

double limit_of(const Rule& rule, double allowance) { return std::log1p(rule.threshold) + allowance; }

std::vector<Judgement> judge(const std::vector<Case>& cases, const Rule& rule) {
  std::vector<double> slower;
  std::vector<double> faster;
  for (const Case& one : cases) {
    const double limit = limit_of(rule, one.allowance);
    slower.push_back(one.evidence.p_above(limit));
    faster.push_back(one.evidence.p_below(-limit));
  }
  slower = holm(slower);
  faster = holm(faster);
  std::vector<Judgement> judgements(cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Evidence& evidence = cases[i].evidence;
    const double limit = limit_of(rule, cases[i].allowance);
    Judgement& judgement = judgements[i];
    judgement.p_slower = slower[i];
    judgement.p_faster = faster[i];
    judgement.interval = evidence.interval(rule.alpha);
    judgement.detectable = evidence.detectable(limit, rule.alpha / static_cast<double>(cases.size()));
    if (slower[i] <= rule.alpha) {
      judgement.verdict = PairVerdict::kSlower;
    } else if (faster[i] <= rule.alpha) {
      judgement.verdict = PairVerdict::kFaster;
    } else if (std::max(evidence.p_below(limit), evidence.p_above(-limit)) <= rule.alpha) {
      judgement.verdict = PairVerdict::kSame;
    }
  }
  return judgements;
}

std::vector<double> holm(const std::vector<double>& probabilities) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return probabilities[a] < probabilities[b]; });
  std::vector<double> adjusted(probabilities.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double corrected = probabilities[order[i]] * static_cast<double>(order.size() - i);
    largest = std::max(largest, std::min(corrected, 1.0));
    adjusted[order[i]] = largest;
  }
  return adjusted;
}

}  // namespace writebench::gate
