#include "reports/explanation_json.hpp"

#include "reports/json_text.hpp"

namespace writebench::reports {
namespace {

using Json = nlohmann::ordered_json;

Json estimate_json(const Estimate& estimate) {
  return {{"median", estimate.median},
          {"ci95_low", estimate.ci95 ? Json(estimate.ci95->low) : Json(nullptr)},
          {"ci95_high", estimate.ci95 ? Json(estimate.ci95->high) : Json(nullptr)}};
}

Json beside_json(const std::vector<Explanation::Beside>& cells) {
  Json list = Json::array();
  for (const Explanation::Beside& beside : cells) {
    list.push_back({{"cell", beside.cell}, {"reference", beside.reference}, {"ratio", estimate_json(beside.ratio)}});
  }
  return list;
}

Json stages_json(const StageSummary& stages) {
  Json parts = Json::array();
  for (const StageSummary::Part& part : stages.parts) {
    parts.push_back({{"name", part.name},
                     {"mean_ns", part.mean_ns},
                     {"p50_ns", or_null(part.p50_ns)},
                     {"p99_ns", or_null(part.p99_ns)}});
  }
  return {{"cell", stages.cell},
          {"trials", stages.trials},
          {"dispatches", stages.dispatches},
          {"awaited", stages.awaited},
          {"parts", parts},
          {"whole_ns", stages.whole_ns},
          {"hand_over_ns", stages.hand_over_ns},
          {"same_processor_share", stages.same_processor_share},
          {"queue_mean", stages.queue_mean},
          {"queue_max", stages.queue_max},
          {"loop_wakes", or_null(stages.loop_wakes)},
          {"pool_wakes", or_null(stages.pool_wakes)},
          {"switches", stages.switches},
          {"caller_delay_ns", stages.caller_delay_ns},
          {"pool_delay_ns", stages.pool_delay_ns},
          {"line_ns", stages.line_ns},
          {"unstaged_line_ns", stages.unstaged_line_ns}};
}

}  // namespace

Json explanation_json(const Explanation& explanation) {
  Json json{{"subject", explanation.subject}, {"reference", explanation.reference}};
  json["ladder"] = Json::array();
  for (const Explanation::Step& step : explanation.ladder) {
    json["ladder"].push_back({{"cell", step.cell},
                              {"adds", step.adds},
                              {"ns_per_line", step.ns_per_line},
                              {"added_ns", estimate_json(step.added_ns)},
                              {"rounds_low_ns", step.rounds_ns ? Json(step.rounds_ns->low) : Json(nullptr)},
                              {"rounds_high_ns", step.rounds_ns ? Json(step.rounds_ns->high) : Json(nullptr)}});
  }
  json["stages"] = Json::array();
  for (const StageSummary& stages : explanation.stages) json["stages"].push_back(stages_json(stages));
  json["variants"] = beside_json(explanation.variants);
  json["block_sizes"] = beside_json(explanation.block_sizes);
  json["break_even"] = nullptr;
  if (const auto& found = explanation.break_even) {
    json["break_even"] = {{"block_bytes", found->block_bytes},
                          {"ci95_low", found->interval ? Json(found->interval->low) : Json(nullptr)},
                          {"ci95_high", found->interval ? Json(found->interval->high) : Json(nullptr)},
                          {"lines", found->lines}};
  }
  json["thinks"] = beside_json(explanation.thinks);
  json["paced"] = explanation.paced;
  json["durable"] = explanation.durable;
  json["findings"] = Json::array();
  for (const Explanation::Finding& finding : explanation.findings) {
    json["findings"].push_back({{"code", finding.code}, {"text", finding.text}});
  }
  return json;
}

}  // namespace writebench::reports
