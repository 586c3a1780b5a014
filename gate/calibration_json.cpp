#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "gate/calibration.hpp"
#include "reports/json_text.hpp"
#include "reports/read/json_load.hpp"
#include "reports/read/read.hpp"

namespace writebench::gate {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 3;

CalibratedCell read_cell(const nlohmann::json& json) {
  CalibratedCell cell{
      .id = json.at("id"), .identity = json.at("identity"), .noise = json.at("noise"), .pairs = json.at("pairs")};
  if (!json.at("run_to_run").is_null()) cell.run_to_run = json.at("run_to_run");
  for (const auto& of : json.at("slow_downs").get<std::vector<nlohmann::json>>()) {
    cell.slow_downs.push_back(
        {.share = of.at("share"), .beyond = of.at("beyond"), .power = of.at("power"), .pairs = {}});
    if (!of.at("pairs").is_null()) cell.slow_downs.back().pairs = of.at("pairs");
  }
  return cell;
}

// Whether these values can come from a measurement: a number typed by hand must not narrow the limits.
bool possible(const Calibration& calibration) {
  const auto share = [](double value) { return value >= 0 && value <= 1; };
  return share(calibration.rule.threshold) && share(calibration.rule.alpha) && share(calibration.wanted_power) &&
         calibration.false_alarms <= calibration.gates && !calibration.cells.empty() &&
         std::all_of(calibration.cells.begin(), calibration.cells.end(), [&](const CalibratedCell& cell) {
           return cell.noise >= 0 && (!cell.run_to_run || *cell.run_to_run >= 0) &&
                  cell.slow_downs.size() == calibration.cells.front().slow_downs.size() &&
                  std::all_of(cell.slow_downs.begin(), cell.slow_downs.end(), [&](const SlowDown& slow_down) {
                    return share(slow_down.beyond) && share(slow_down.power);
                  });
         });
}

Calibration read(const nlohmann::json& json) {
  Calibration calibration;
  calibration.made_at = json.at("made_at");
  calibration.version = json.at("version");
  calibration.machine = json.at("machine");
  calibration.rule = {.threshold = json.at("threshold"), .alpha = json.at("alpha")};
  calibration.wanted_power = json.at("wanted_power");
  calibration.gates = json.at("gates");
  calibration.false_alarms = json.at("false_alarms");
  for (const auto& cell : json.at("cells").get<std::vector<nlohmann::json>>()) {
    calibration.cells.push_back(read_cell(cell));
  }
  calibration.left_out = json.at("left_out");
  return calibration;
}

}  // namespace

std::string to_json(const Calibration& calibration) {
  Json json{{"writebench_calibration", kSchema},        {"made_at", calibration.made_at},
            {"version", calibration.version},           {"machine", calibration.machine},
            {"threshold", calibration.rule.threshold},  {"alpha", calibration.rule.alpha},
            {"wanted_power", calibration.wanted_power}, {"gates", calibration.gates},
            {"false_alarms", calibration.false_alarms}};
  json["cells"] = Json::array();
  for (const CalibratedCell& cell : calibration.cells) {
    Json slow_downs = Json::array();
    for (const SlowDown& slow_down : cell.slow_downs) {
      slow_downs.push_back({{"share", slow_down.share},
                            {"beyond", slow_down.beyond},
                            {"power", slow_down.power},
                            {"pairs", slow_down.pairs ? Json(*slow_down.pairs) : Json(nullptr)}});
    }
    json["cells"].push_back({{"id", cell.id},
                             {"identity", cell.identity},
                             {"noise", cell.noise},
                             {"run_to_run", cell.run_to_run ? Json(*cell.run_to_run) : Json(nullptr)},
                             {"pairs", cell.pairs},
                             {"slow_downs", slow_downs}});
  }
  json["left_out"] = calibration.left_out;
  return reports::json_text(json);
}

std::optional<Calibration> read_calibration(const std::string& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  try {
    const nlohmann::json json = reports::parse_json(reports::load_text(path), path);
    if (json.at("writebench_calibration") == kSchema) {
      Calibration calibration = read(json);
      if (possible(calibration)) return calibration;
    }
  } catch (const nlohmann::json::exception&) {
  }
  throw reports::BadReport(
      fmt::format("'{}' is not a calibration that this writebench reads; remove it, or make it again with 'writebench "
                  "calibrate'",
                  path));
}

}  // namespace writebench::gate
