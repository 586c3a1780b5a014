#include "reports/read/upgrade.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "reports/json.hpp"
#include "reports/report.hpp"
#include "writebench/option.hpp"

namespace writebench::reports {
namespace {

using nlohmann::json;

void rename(json& object, const char* from, const char* to) {
  if (!object.is_object() || !object.contains(from) || object.contains(to)) return;
  json value = std::move(object[from]);
  object.erase(from);
  object[to] = std::move(value);
}

// Calls `change` with that member of an object, or with each of its elements if it is an array.
template <class Change>
void change_member(json& object, const char* key, Change change) {
  if (!object.is_object() || !object.contains(key)) return;
  json& member = object[key];
  if (!member.is_array()) return change(member);
  for (json& element : member) change(element);
}

namespace from_1 {

void upgrade_sample(json& sample) {
  rename(sample, "whole_ns", "total_ns");
  rename(sample, "surroundings", "interference");
}

void upgrade_workload(json& workload) {
  rename(workload, "least_line_bytes", "min_line_bytes");
  rename(workload, "most_line_bytes", "max_line_bytes");
  rename(workload, "lines_per_second", "due_lines_per_second");
}

// In version 1 a control was recognised by its family, and a twin by the # in its id.
void add_role(json& cell) {
  if (!cell.is_object()) return;
  const auto family = cell.find("family");
  if (family != cell.end()) cell["role"] = *family == "control" ? "control" : "strategy";
  const auto id = cell.find("id");
  if (id == cell.end() || !id->is_string()) return;
  const std::string text = id->get<std::string>();
  if (const auto at = text.rfind('#'); at != std::string::npos && at > 0) cell["twin_of"] = text.substr(0, at);
}

// In version 1 every cell had a value for each of the five options, and a list of those that its strategy uses.
void keep_used_options(json& cell, std::set<std::string>& used_by_any) {
  if (!cell.is_object() || !cell.contains("parameters") || !cell.contains("parameters_used")) return;
  std::set<std::string> used;
  for (const json& key : cell["parameters_used"]) {
    if (key.is_string()) used.insert(key.get<std::string>());
  }
  for (const Option* option : kSharedOptions) {
    const std::string key(option->key);
    if (used.contains(key)) {
      used_by_any.insert(key);
    } else if (cell["parameters"].is_object()) {
      cell["parameters"].erase(key);
    }
  }
  cell.erase("parameters_used");
}

json options_of(const std::set<std::string>& keys) {
  json options = json::array();
  for (const Option* option : kSharedOptions) {
    if (!keys.contains(std::string(option->key))) continue;
    options.push_back({{"name", option->name},
                       {"key", option->key},
                       {"kind", to_string(option->kind)},
                       {"summary", option->summary}});
  }
  return options;
}

void upgrade_cell(json& cell) {
  add_role(cell);
  change_member(cell, "workload", upgrade_workload);
  change_member(cell, "samples", upgrade_sample);
}

}  // namespace from_1

}  // namespace

void upgrade(json& report) {
  if (report["writebench_schema"] == 1) {
    std::set<std::string> used;
    change_member(report, "cells", [&](json& cell) {
      from_1::upgrade_cell(cell);
      from_1::keep_used_options(cell, used);
    });
    if (report.contains("cells")) report["options"] = from_1::options_of(used);
    report["writebench_schema"] = 2;
  }
}

}  // namespace writebench::reports
