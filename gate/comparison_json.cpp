#include "gate/comparison_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/json_text.hpp"

namespace writebench::gate {
namespace {

using Json = nlohmann::ordered_json;

// Converts a logarithm to a share: 0.095 to 0.1.
Json share(const std::optional<double>& logarithm) {
  return logarithm && std::isfinite(*logarithm) ? Json(std::expm1(*logarithm)) : Json(nullptr);
}

Json side_json(const ComparedReport& side) {
  Json json{{"name", side.name}, {"version", side.version}};
  if (!side.commit.empty()) json["commit"] = side.commit;
  json["started_at"] = side.started_at;
  json["complete"] = side.complete;
  return json;
}

Json cell_json(const ComparedCell& cell) {
  const auto& interval = cell.judgement.interval;
  return {{"id", cell.id},
          {"verdict", to_string(cell.judgement.verdict)},
          {"basis", to_string(cell.basis)},
          {"lines", cell.lines},
          {"size", cell.size},
          {"disturbed_trials", cell.disturbed},
          {"base", cell.base},
          {"head", cell.head},
          {"change", share(cell.difference)},
          {"change_low", share(interval ? std::optional(interval->low) : std::nullopt)},
          {"change_high", share(interval ? std::optional(interval->high) : std::nullopt)},
          {"allowance", share(cell.allowance)},
          {"p_slower", cell.judgement.p_slower},
          {"p_faster", cell.judgement.p_faster},
          {"detectable", share(cell.judgement.detectable)},
          {"twin_change", share(cell.twin_difference)},
          {"reason", cell.reason.empty() ? Json(nullptr) : Json(cell.reason)}};
}

std::string_view to_string(Effect effect) {
  switch (effect) {
    case Effect::kNote: return "note";
    case Effect::kWiden: return "widen";
    case Effect::kInconclusive: return "inconclusive";
  }
  return "";
}

}  // namespace

std::string to_json(const Comparison& comparison) {
  const Tally sum = tally(comparison);
  const std::string_view unit = comparison.settings.metric->unit();
  Json json{{"writebench_comparison", kComparisonSchema},
            {"base", side_json(comparison.base)},
            {"head", side_json(comparison.head)},
            {"metric", comparison.settings.metric->name},
            {"unit", unit.empty() ? Json(nullptr) : Json(unit)},
            {"threshold", comparison.settings.rule.threshold},
            {"alpha", comparison.settings.rule.alpha},
            {"tally",
             {{"slower", sum.slower},
              {"faster", sum.faster},
              {"same", sum.same},
              {"inconclusive", sum.inconclusive},
              {"failed", sum.failed}}}};
  json["cells"] = Json::array();
  for (const ComparedCell& cell : comparison.cells) json["cells"].push_back(cell_json(cell));
  json["not_compared"] = Json::array();
  for (const Unmatched& unmatched : comparison.not_compared) {
    json["not_compared"].push_back({{"id", unmatched.id}, {"reason", unmatched.reason}, {"failed", unmatched.failed}});
  }
  json["differences"] = Json::array();
  for (const Difference& difference : comparison.differences) {
    json["differences"].push_back({{"field", difference.field},
                                   {"base", difference.base},
                                   {"head", difference.head},
                                   {"effect", to_string(difference.effect)}});
  }
  json["notes"] = comparison.notes;
  return reports::json_text(json);
}

}  // namespace writebench::gate
