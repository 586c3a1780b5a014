#include "reports/read/upgrade.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "reports/json.hpp"
#include "writebench/option.hpp"

namespace writebench::reports {
namespace {

using nlohmann::json;

// Schema 1 gave every cell a value for each of five options, and a list of those that its strategy uses.
void keep_used_options(json& cell, std::set<std::string>& all_used) {
  if (!cell.contains("parameters") || !cell.contains("parameters_used")) return;
  json& parameters = cell["parameters"];
  std::set<std::string> used;
  for (const json& name : cell["parameters_used"]) {
    if (name.is_string()) used.insert(name.get<std::string>());
  }
  if (!parameters.is_object()) return;
  for (const Option* option : kSharedOptions) {
    const std::string key(option->key);
    if (used.contains(key)) {
      all_used.insert(key);
    } else {
      parameters.erase(key);
    }
  }
  cell.erase("parameters_used");
}

void upgrade_from_1(json& report) {
  if (!report.contains("cells") || !report["cells"].is_array()) return;
  std::set<std::string> used;
  for (json& cell : report["cells"]) {
    if (cell.is_object()) keep_used_options(cell, used);
  }
  json options = json::array();
  for (const Option* option : kSharedOptions) {
    if (!used.contains(std::string(option->key))) continue;
    options.push_back({{"name", option->name},
                       {"key", option->key},
                       {"kind", to_string(option->kind)},
                       {"summary", option->summary}});
  }
  report["options"] = std::move(options);
}

}  // namespace

void upgrade(json& report) {
  if (report["writebench_schema"] == 1) upgrade_from_1(report);
}

}  // namespace writebench::reports
