#include "reports/crash_test_json.hpp"

#include "reports/json_text.hpp"

namespace writebench::reports {
namespace {

using Json = nlohmann::ordered_json;

Json spread_json(const Spread& spread) {
  return {{"min", spread.min}, {"median", spread.median}, {"p90", or_null(spread.p90)}, {"max", spread.max}};
}

Json loss_json(const Loss& loss) {
  Json faults = Json::array();
  for (const FaultCount& count : loss.faults) {
    faults.push_back({{"fault", to_string(count.fault)},
                      {"lines", count.lines},
                      {"bytes", count.bytes},
                      {"example", count.example}});
  }
  return {{"after_ns", loss.after_ns},           {"submitted_lines", loss.submitted_lines},
          {"drained_bytes", loss.drained_bytes}, {"durable_bytes", loss.durable_bytes},
          {"kept_lines", loss.kept_lines},       {"lost_lines", loss.lost_lines},
          {"lost_bytes", loss.lost_bytes},       {"lost_ns", loss.lost_ns},
          {"surplus_lines", loss.surplus_lines}, {"torn_lines", loss.torn_lines},
          {"damaged_lines", loss.damaged_lines}, {"faults", faults}};
}

Json death_summary_json(const DeathSummary& summary) {
  Json faults = Json::array();
  for (const DeathSummary::OfFault& fault : summary.faults) {
    faults.push_back({{"fault", to_string(fault.fault)}, {"deaths", fault.deaths}, {"example", fault.example}});
  }
  return {{"deaths", summary.deaths},
          {"lossy_deaths", summary.lossy_deaths},
          {"torn_deaths", summary.torn_deaths},
          {"lost_lines", spread_json(summary.lost_lines)},
          {"lost_bytes", spread_json(summary.lost_bytes)},
          {"lost_ns", spread_json(summary.lost_ns)},
          {"faults", faults}};
}

Json deaths_json(const Deaths& deaths) {
  Json json{{"cell", deaths.cell},
            {"death", to_string(deaths.death)},
            {"running_ns", deaths.running_ns},
            {"bound_bytes", or_null(deaths.bound_bytes)},
            {"trials", deaths.trials},
            {"ended_before", deaths.ended_before},
            {"failure", deaths.failure.empty() ? Json(nullptr) : Json(deaths.failure)}};
  json["losses"] = Json::array();
  for (const Loss& loss : deaths.losses) json["losses"].push_back(loss_json(loss));
  const auto summary = summarise(deaths);
  json["summary"] = summary ? death_summary_json(*summary) : Json(nullptr);
  return json;
}

}  // namespace

Json crash_test_json(const CrashTest& test) {
  Json json{{"deaths", test.deaths}};
  json["cells"] = Json::array();
  for (const Deaths& deaths : test.cells) json["cells"].push_back(deaths_json(deaths));
  json["unavailable"] = Json::array();
  for (const UnavailableDeath& one : test.unavailable) {
    json["unavailable"].push_back({{"death", to_string(one.death)}, {"reason", one.reason}});
  }
  return json;
}

}  // namespace writebench::reports
