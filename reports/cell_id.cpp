#include "reports/cell_id.hpp"

#include <cmath>
#include <utility>

namespace writebench::reports {
namespace {

std::string in_binary_units(std::uint64_t bytes) {
  for (const auto& [unit, name] : {std::pair<std::uint64_t, const char*>{1 << 20, "MiB"}, {1 << 10, "KiB"}}) {
    if (bytes % unit == 0) return std::to_string(bytes / unit) + name;
  }
  return std::to_string(bytes);
}

std::string in_units_of_time(std::uint64_t ns) {
  for (const auto& [unit, name] :
       {std::pair<std::uint64_t, const char*>{1'000'000'000, "s"}, {1'000'000, "ms"}, {1000, "us"}}) {
    if (ns > 0 && ns % unit == 0) return std::to_string(ns / unit) + name;
  }
  return std::to_string(ns) + "ns";
}

}  // namespace

std::string typed_value(const OptionValue& value) {
  switch (value.kind) {
    case Option::Kind::kWord: return value.word;
    case Option::Kind::kBytes: return in_binary_units(value.number);
    case Option::Kind::kNanoseconds: return in_units_of_time(value.number);
    case Option::Kind::kCount: return std::to_string(value.number);
  }
  return "";
}

std::string id_with_options(const engine::CellSpec& cell, const std::string& part) {
  std::string id = cell.strategy.name;
  char separator = '@';
  const auto add = [&](const std::string& name, const std::string& value) {
    id += separator + name + "=" + value;
    separator = ',';
  };
  for (const OptionValue& value : cell.parameters.options) add(value.name, typed_value(value));
  const engine::Pace& pace = cell.workload.pace;
  if (pace.think.count() > 0) add("think", std::to_string(pace.think.count()) + "ns");
  if (pace.lines_per_second > 0) add("rate", std::to_string(std::llround(pace.lines_per_second)));
  if (!part.empty()) add("part", part);
  return id;
}

}  // namespace writebench::reports
