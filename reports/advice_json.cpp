#include "reports/advice_json.hpp"

#include "reports/json.hpp"
#include "reports/json_text.hpp"

namespace writebench::reports {
namespace {

using Json = nlohmann::ordered_json;

Json asked_json(const Advice::Asked& asked) {
  return {{"goal", to_string(asked.goal)},
          {"lines_per_second", or_null(asked.lines_per_second)},
          {"writers", asked.writers},
          {"order", to_string(asked.order)},
          {"file_per_writer", asked.file_per_writer},
          {"durability", to_string(asked.durability)},
          {"max_stall_ns", or_null(asked.max_stall_ns)},
          {"max_loss_bytes", or_null(asked.max_loss_bytes)},
          {"max_loss_ns", or_null(asked.max_loss_ns)},
          {"max_memory_bytes", or_null(asked.max_memory_bytes)},
          {"language", asked.language.empty() ? Json(nullptr) : Json(asked.language)}};
}

Json figures_json(const Advice::Figures& figures) {
  return {{"trials", figures.trials},
          {"disturbed_trials", figures.disturbed_trials},
          {"value_ns", figures.value_ns},
          {"ns_per_line", figures.ns_per_line},
          {"cpu_ns_per_line", or_null(figures.cpu_ns_per_line)},
          {"stall_p999_ns", or_null(figures.stall_p999_ns)},
          {"stall_max_ns", or_null(figures.stall_max_ns)},
          {"memory_bytes", or_null(figures.memory_bytes)},
          {"keeps_rate", figures.keeps_rate},
          {"may_lose_bytes", or_null(figures.may_lose_bytes)}};
}

Json finalist_json(const Advice::Finalist& finalist) {
  const auto& interval = finalist.ratio.ci95;
  Json json{{"cell", finalist.cell},
            {"effort", to_string(finalist.effort)},
            {"figures", figures_json(finalist.figures)},
            {"ratio",
             {{"median", finalist.ratio.median},
              {"ci95_low", interval ? Json(interval->low) : Json(nullptr)},
              {"ci95_high", interval ? Json(interval->high) : Json(nullptr)}}},
            {"rounds", finalist.rounds},
            {"tied", finalist.tied},
            {"fulfils", finalist.fulfils}};
  if (finalist.makes_space) json["makes_space"] = true;
  return json;
}

}  // namespace

Json advice_json(const Advice& advice) {
  Json json{{"asked", asked_json(advice.asked)},
            {"recommended", advice.recommended},
            {"harness_cell", advice.harness_cell.empty() ? Json(nullptr) : Json(advice.harness_cell)},
            {"harness_ns", or_null(advice.harness_ns)},
            {"tie_margin", advice.tie_margin}};
  json["finalists"] = Json::array();
  for (const Advice::Finalist& finalist : advice.finalists) json["finalists"].push_back(finalist_json(finalist));
  json["ruled_out"] = Json::array();
  for (const Advice::RuledOut& out : advice.ruled_out) {
    json["ruled_out"].push_back({{"strategy", out.strategy}, {"by", to_string(out.by)}, {"reason", out.reason}});
  }
  json["nearest"] = Json::array();
  for (const Advice::Nearest& nearest : advice.nearest) {
    json["nearest"].push_back({{"constraint", to_string(nearest.constraint)},
                               {"cell", nearest.cell},
                               {"asked", nearest.asked},
                               {"found", nearest.found}});
  }
  json["candidates"] = Json::array();
  for (const Advice::Candidate& candidate : advice.candidates) {
    const bool sized = !candidate.size_option.empty();
    json["candidates"].push_back({{"strategy", candidate.strategy},
                                  {"effort", to_string(candidate.effort)},
                                  {"size_option", sized ? Json(candidate.size_option) : Json(nullptr)},
                                  {"smallest_value", sized ? Json(candidate.smallest_value) : Json(nullptr)},
                                  {"largest_value", sized ? Json(candidate.largest_value) : Json(nullptr)},
                                  {"settings", candidate.settings}});
  }
  json["findings"] = Json::array();
  for (const Explanation::Finding& finding : advice.findings) {
    json["findings"].push_back({{"code", finding.code}, {"text", finding.text}});
  }
  return json;
}

}  // namespace writebench::reports
