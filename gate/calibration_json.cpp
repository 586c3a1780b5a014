#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "gate/calibration.hpp"
#include "reports/json_text.hpp"
#include "reports/read/json_field.hpp"
#include "reports/read/json_load.hpp"
#include "reports/read/read.hpp"

namespace writebench::gate {
namespace {

using Json = nlohmann::ordered_json;
using reports::Field;

constexpr int kSchema = 3;

CalibratedCell read_cell(const Field& field) {
  CalibratedCell cell{.id = field.at("id").text(),
                      .identity = field.at("identity").text(),
                      .noise = field.at("noise").number(),
                      .run_to_run = field.at("run_to_run").or_null(&Field::number),
                      .pairs = field.at("pairs").whole<std::size_t>()};
  for (const Field& of : field.at("slow_downs").items()) {
    cell.slow_downs.push_back(
        {.share = of.at("share").number(),
         .beyond = of.at("beyond").number_between(0, 1),
         .power = of.at("power").number_between(0, 1),
         .pairs = of.at("pairs").or_null([](const Field& pairs) { return pairs.whole<std::size_t>(); })});
  }
  return cell;
}

// Refuses what cannot come from a measurement: a number typed by hand must not narrow the limits.
Calibration read(const Field& field) {
  Calibration calibration;
  calibration.made_at = field.at("made_at").text();
  calibration.version = field.at("version").text();
  calibration.machine = field.at("machine").text();
  calibration.rule = {.threshold = field.at("threshold").number_between(0, 1),
                      .alpha = field.at("alpha").number_between(0, 1)};
  calibration.wanted_power = field.at("wanted_power").number_between(0, 1);
  calibration.gates = field.at("gates").whole<std::size_t>();
  calibration.false_alarms = field.at("false_alarms").whole<std::size_t>();
  if (calibration.false_alarms > calibration.gates) field.at("false_alarms").refuse("must not be more than gates");
  const Field cells = field.at("cells");
  for (const Field& cell : cells.items()) {
    calibration.cells.push_back(read_cell(cell));
    if (calibration.cells.back().slow_downs.size() != calibration.cells.front().slow_downs.size()) {
      cell.at("slow_downs").refuse("must be as many as those of the first cell");
    }
  }
  if (calibration.cells.empty()) cells.refuse("must not be empty");
  for (const Field& cell : field.at("left_out").items()) calibration.left_out.push_back(cell.text());
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
  const std::string text = reports::load_text(path);
  const reports::JsonDocument document = reports::parse_document(text, path);
  const reports::FieldOrigin origin{&document.root()};
  try {
    const Field field(document.root(), origin);
    if (const int schema = field.at("writebench_calibration").whole<int>(); schema != kSchema) {
      field.at("writebench_calibration").refuse(fmt::format("must be {}, not {}", kSchema, schema));
    }
    return read(field);
  } catch (const reports::BadField& error) {
    throw reports::BadReport(
        fmt::format("'{}' is not a calibration that this writebench reads ({}); remove it, or make it again with "
                    "'writebench calibrate'",
                    path, error.what()));
  }
}

}  // namespace writebench::gate
