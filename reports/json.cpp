#include "reports/json.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/trial/sample_fields.hpp"
#include "reports/advice_json.hpp"
#include "reports/crash_test_json.hpp"
#include "reports/explanation_json.hpp"
#include "reports/json_text.hpp"
#include "reports/ranking.hpp"

namespace writebench::reports {
namespace {

using Json = nlohmann::ordered_json;
using engine::Cell;
using engine::Sample;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

// Rounds to whole nanoseconds, the resolution of the clock. A report that was read may hold times near the end of 64
// bits, which a double rounds up.
Json whole(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::abs(value) < 0x1p63 ? std::llround(value) : std::numeric_limits<std::int64_t>::max();
}

Json order_or_null(Order order) { return order == Order::kNothing ? Json(nullptr) : Json(to_string(order)); }

Json contract(const engine::StrategyTraits& strategy, const Durability& durability) {
  return {{"order", order_or_null(strategy.contract.order)},
          {"layout", to_string(strategy.contract.layout)},
          {"durability", to_string(durability)}};
}

Json parameters(const Parameters& parameters) {
  Json json{{"lines", parameters.lines}, {"durability", to_string(parameters.durability)}};
  for (const OptionValue& option : parameters.options) {
    json[option.key] = option.kind == Option::Kind::kWord ? Json(option.word) : Json(option.number);
  }
  return json;
}

// Describes the keys of the cells' parameters.
Json options_json(const std::vector<Cell>& cells) {
  std::map<std::string, const OptionValue*> by_name;
  for (const Cell& cell : cells) {
    for (const OptionValue& option : cell.parameters.options) by_name.try_emplace(option.name, &option);
  }
  Json options = Json::array();
  for (const auto& [name, option] : by_name) {
    options.push_back(
        {{"name", name}, {"key", option->key}, {"kind", to_string(option->kind)}, {"summary", option->summary}});
  }
  return options;
}

Json workload_json(const engine::Workload& workload) {
  const double rate = workload.pace.lines_per_second;
  Json json{{"lines_kind", workload.lines_kind},
            {"min_line_bytes", or_null(workload.min_line_bytes)},
            {"max_line_bytes", or_null(workload.max_line_bytes)},
            {"input", or_null(workload.input)},
            {"think_ns", workload.pace.think.count()},
            {"due_lines_per_second", rate > 0 ? Json(rate) : Json(nullptr)},
            {"burst_lines", workload.pace.burst_lines},
            {"file_state", engine::to_string(workload.file_state)},
            {"preallocation", engine::to_string(workload.preallocation)}};
  if (workload.random_bytes) json["line_content"] = "random";
  if (workload.cold_caches) json["caches"] = "cold";
  return json;
}

// Adds the figures that belong to a sample's interference, or all others.
void add_fields(Json& json, const Sample& sample, bool of_interference) {
  for (const engine::SampleField& field : engine::sample_fields()) {
    if (field.reported == engine::Reported::kNever || field.of_interference() != of_interference) continue;
    const auto known = field.of(sample);
    if (known || field.reported == engine::Reported::kOrNull) json[std::string(field.name)] = or_null(known);
  }
}

Json interference_json(const Sample& sample) {
  Json json = Json::object();
  add_fields(json, sample, true);
  if (const auto& slow = sample.interference.slow_down) {
    json["slowed_from_bytes"] = slow->from_bytes;
    json["slowed_from_ns"] = slow->from_ns;
    json["slowed_to_share"] = number(slow->to_share);
  }
  return json;
}

// The histogram as [from, to, count]: durations from `from` to `to` ns, both included.
Json distribution_json(const engine::Distribution& distribution) {
  if (distribution.count == 0) return nullptr;
  const auto percentile = [&](double quantile) {
    const auto ns = distribution.percentile_ns(quantile);
    return ns ? whole(*ns) : Json(nullptr);
  };
  Json json{{"p50", percentile(0.5)},    {"p90", percentile(0.9)},     {"p99", percentile(0.99)},
            {"p999", percentile(0.999)}, {"max", distribution.max_ns}, {"count", distribution.count}};
  json["histogram"] = Json::array();
  for (const auto& bucket : distribution.buckets) {
    json["histogram"].push_back(Json::array({bucket.low_ns, bucket.high_ns, bucket.count}));
  }
  return json;
}

Json sample_json(const Sample& sample) {
  Json json{{"round", sample.round}, {"position", sample.position}, {"outcome", to_string(sample.outcome)}};
  if (!sample.detail.empty()) json["detail"] = sample.detail;
  add_fields(json, sample, false);
  if (sample.injected_slow_down > 0) json["injected_slow_down"] = sample.injected_slow_down;
  if (sample.order_unproven) json["order_unproven"] = true;
  if (sample.copy_refused) json["copy_refused"] = true;
  json["interference"] = interference_json(sample);
  json["disturbances"] = sample.disturbances;
  return json;
}

Json summary_json(const Summary& summary) {
  Json time{{"median", whole(summary.time_ns.median)},
            {"mad", whole(summary.mad_ns)},
            {"min", whole(summary.min_ns)},
            {"max", whole(summary.max_ns)},
            {"ci95_low", nullptr},
            {"ci95_high", nullptr}};
  if (const auto& interval = summary.time_ns.ci95) {
    time["ci95_low"] = whole(interval->low);
    time["ci95_high"] = whole(interval->high);
  }
  Json json{{"trials", summary.trials},
            {"disturbed_trials", summary.disturbed_trials},
            {"time_ns", time},
            {"ns_per_line", or_null(summary.ns_per_line)},
            {"lines_per_second", number(summary.lines_per_second)},
            {"bytes_per_second", number(summary.bytes_per_second)},
            {"ratio_to_reference", nullptr},
            {"fraction_of_ceiling", or_null(summary.fraction_of_ceiling)}};
  if (const auto& ratio = summary.ratio_to_reference) {
    json["ratio_to_reference"] = {{"median", number(ratio->median)},
                                  {"ci95_low", ratio->ci95 ? number(ratio->ci95->low) : Json(nullptr)},
                                  {"ci95_high", ratio->ci95 ? number(ratio->ci95->high) : Json(nullptr)}};
  }
  if (const auto& ratio = summary.per_line_to_reference) json["per_line_to_reference"] = number(*ratio);
  if (const auto& ratio = summary.per_line_to_own_reference) json["per_line_to_own_reference"] = number(*ratio);
  return json;
}

Json cell_json(const Cell& cell, const std::vector<Cell>& cells) {
  Json json{{"id", cell.id}};
  if (!cell.twin_of.empty()) json["twin_of"] = cell.twin_of;
  json["strategy"] = cell.strategy.name;
  json["family"] = cell.strategy.family;
  json["role"] = to_string(cell.strategy.role);
  json["parameters"] = parameters(cell.parameters);
  json["workload"] = workload_json(cell.workload);
  json["bytes"] = cell.bytes;
  if (cell.asked_lines) json["asked_lines"] = *cell.asked_lines;
  if (cell.makes_space) json["makes_space"] = true;
  if (!cell.strategy.command.empty()) {
    json["program"] = {{"command", cell.strategy.command}};
    if (!cell.strategy.own_reference.empty()) {
      json["program"]["language"] = cell.strategy.language;
      json["program"]["own_reference"] = cell.strategy.own_reference;
    }
  }
  json["contract"] = contract(cell.strategy, cell.parameters.durability);
  json["status"] = cell.status ? Json(to_string(*cell.status)) : Json(nullptr);
  json["status_detail"] = cell.status_detail.empty() ? Json(nullptr) : Json(cell.status_detail);
  json["warm_up_trials"] = cell.warm_up_trials;
  json["samples"] = Json::array();
  for (const Sample& sample : cell.samples) json["samples"].push_back(sample_json(sample));
  const auto summary = summarise(cell, cells);
  json["summary"] = summary ? summary_json(*summary) : Json(nullptr);
  json["caller_stall_ns"] = distribution_json(cell.caller_stall);
  json["loop_lag_ns"] = distribution_json(cell.loop_lag);
  if (cell.pace_late.count > 0) json["pace_late_ns"] = distribution_json(cell.pace_late);
  return json;
}

Json build_json(const engine::Build& build) {
  Json libraries = Json::object();
  for (const auto& [name, version] : build.libraries) libraries[name] = version;
  Json json{{"name", "writebench"}, {"version", build.version}};
  if (!build.commit.empty()) json["commit"] = build.commit;
  json["build_type"] = build.type;
  json["compiler"] = build.compiler;
  json["flags"] = build.flags;
  json["sanitizers"] = build.sanitizers;
  json["assertions"] = build.assertions;
  json["libraries"] = libraries;
  return json;
}

Json environment_json(const engine::Environment& environment) {
  Json device = nullptr;
  if (const auto& known = environment.device) {
    device = {{"name", known->name},
              {"rotational", or_null(known->rotational)},
              {"scheduler", or_null(known->scheduler)},
              {"write_cache", or_null(known->write_cache)}};
  }
  Json json{{"cpu_model", or_null(environment.cpu_model)},
            {"cpus", environment.cpus},
            {"cpu_governor", or_null(environment.cpu_governor)},
            {"virtualisation", or_null(environment.virtualisation)},
            {"memory_bytes", or_null(environment.memory_bytes)},
            {"cgroup_memory_bytes", or_null(environment.cgroup_memory_bytes)},
            {"cgroup_cpus", or_null(environment.cgroup_cpus)},
            {"kernel", environment.kernel},
            {"architecture", environment.architecture},
            {"directory", environment.directory},
            {"file_system", environment.file_system},
            {"mount_options", or_null(environment.mount_options)},
            {"file_system_bytes", or_null(environment.file_system_bytes)},
            {"file_system_free_bytes", or_null(environment.file_system_free_bytes)},
            {"device", device},
            {"dirty_background_bytes", or_null(environment.dirty_background_bytes)},
            {"dirty_background_percent", or_null(environment.dirty_background_percent)},
            {"dirty_bytes", or_null(environment.dirty_bytes)},
            {"dirty_percent", or_null(environment.dirty_percent)},
            {"load_average", or_null(environment.load_average)}};
  if (const auto& takes = environment.host_takes_free_memory) json["host_takes_free_memory"] = *takes;
  if (const auto& syncing = environment.syncing) {
    json["syncing"] = {{"does_nothing", syncing->does_nothing},
                       {"sync_ns", syncing->sync_ns},
                       {"bytes_beyond_data", or_null(syncing->bytes_beyond_data)},
                       {"bytes_per_file", or_null(syncing->bytes_per_file)}};
  }
  return json;
}

Json plan_json(const engine::Plan& plan) {
  return {{"warm_up_trials", plan.warm_up_trials},
          {"min_trials", plan.min_trials},
          {"max_trials", plan.max_trials},
          {"stall_trials", plan.stall_trials},
          {"max_stall_trials", plan.max_stall_trials},
          {"precision", plan.precision},
          {"budget_ns", plan.budget ? Json(plan.budget->count()) : Json(nullptr)},
          {"seed", plan.seed}};
}

Json harness_json(const Harness& harness) {
  Json json{{"clock_read_ns", number(harness.clock_read_ns)},
            {"ns_per_line", or_null(harness.ns_per_line)},
            {"trial_overhead_ns", harness.trial_overhead_ns ? whole(*harness.trial_overhead_ns) : Json(nullptr)}};
  if (harness.protocol_ns) json["protocol_ns"] = whole(*harness.protocol_ns);
  return json;
}

Json ranking_json(const std::vector<Cell>& cells) {
  Json groups = Json::array();
  for (const Group& group : rank(cells)) {
    if (!group.ranked()) continue;
    Json places = Json::array();
    for (const Ranked& ranked : group.cells) {
      places.push_back({{"id", cells[ranked.cell].id}, {"rank", ranked.rank}, {"tied_with", ranked.tied_with}});
    }
    groups.push_back(
        {{"order", to_string(group.contract.order)}, {"layout", to_string(group.contract.layout)}, {"cells", places}});
  }
  return groups;
}

}  // namespace

std::string_view to_string(Order order) {
  switch (order) {
    case Order::kNothing: return "nothing";
    case Order::kRepeated: return "repeated";
    case Order::kNone: return "none";
    case Order::kPerWriter: return "per-writer";
    case Order::kGlobal: return "global";
  }
  return "";
}

std::string_view to_string(Layout layout) {
  switch (layout) {
    case Layout::kOneFile: return "one-file";
    case Layout::kFilePerWriter: return "file-per-writer";
  }
  return "";
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::kStrategy: return "strategy";
    case Role::kControl: return "control";
    case Role::kRung: return "rung";
  }
  return "";
}

std::string_view to_string(Effort effort) {
  switch (effort) {
    case Effort::kLibraryCall: return "library-call";
    case Effort::kOwnBuffer: return "own-buffer";
    case Effort::kLock: return "lock";
    case Effort::kWriterThread: return "writer-thread";
    case Effort::kSeveralThreads: return "threads";
    case Effort::kKernel: return "kernel";
  }
  return "";
}

std::string_view to_string(Option::Kind kind) {
  switch (kind) {
    case Option::Kind::kCount: return "count";
    case Option::Kind::kBytes: return "bytes";
    case Option::Kind::kNanoseconds: return "nanoseconds";
    case Option::Kind::kWord: return "word";
  }
  return "";
}

std::string to_string(const Durability& durability) {
  switch (durability.kind) {
    case Durability::Kind::kNone: return "none";
    case Durability::Kind::kClose: return "close";
    case Durability::Kind::kBytes: return "bytes=" + std::to_string(durability.interval_bytes);
    case Durability::Kind::kLine: return "line";
  }
  return "";
}

std::string to_json(const Report& report) {
  Json json{{"writebench_schema", kSchema},
            {"tool", build_json(report.build)},
            {"started_at", report.started_at},
            {"command_line", report.command_line},
            {"complete", report.complete}};
  if (report.pairing) json["pairing"] = {{"id", report.pairing->id}, {"side", report.pairing->side}};
  json["plan"] = plan_json(report.plan);
  json["environment"] = environment_json(report.environment);
  json["options"] = options_json(report.cells);
  json["cells"] = Json::array();
  for (const Cell& cell : report.cells) json["cells"].push_back(cell_json(cell, report.cells));
  json["ranking"] = ranking_json(report.cells);
  json["harness"] = harness_json(harness_of(report));
  json["warnings"] = Json::array();
  for (const Warning& warning : report.warnings) {
    json["warnings"].push_back({{"code", warning.code}, {"message", warning.message}});
  }
  if (report.explanation) json["explanation"] = explanation_json(*report.explanation);
  if (report.crash_test) json["crash_test"] = crash_test_json(*report.crash_test);
  if (report.advice) json["advice"] = advice_json(*report.advice);
  return json_text(json);
}

namespace {

Json entries_json(std::span<const Descriptor> strategies) {
  const auto option_names = [](const Descriptor& strategy) {
    Json names = Json::array();
    for (const Option* option : strategy.options) names.push_back(option->name);
    return names;
  };
  Json list = Json::array();
  for (const Descriptor& strategy : strategies) {
    const auto reason = strategy.unavailable ? strategy.unavailable() : std::nullopt;
    list.push_back({{"name", strategy.name},
                    {"family", strategy.family},
                    {"role", to_string(strategy.role)},
                    {"summary", strategy.summary},
                    {"contract",
                     {{"order", order_or_null(strategy.contract.order)},
                      {"layout", to_string(strategy.contract.layout)},
                      {"each_line_durable", strategy.contract.each_line_durable}}},
                    {"effort", to_string(strategy.effort)},
                    {"needs_places", strategy.needs_places},
                    {"options", option_names(strategy)},
                    {"takes_sync_call", strategy.takes_sync_call()},
                    {"counts_writes", strategy.counts_writes},
                    {"available", !reason},
                    {"unavailable_because", reason ? Json(*reason) : Json(nullptr)}});
  }
  return list;
}

// Every option that one of them has, with the values that it takes.
Json options_json(std::span<const Descriptor> strategies, std::span<const Descriptor> programs) {
  std::map<std::string_view, const Option*> by_name;
  for (const auto& list : {strategies, programs}) {
    for (const Descriptor& strategy : list) {
      for (const Option* option : strategy.options) by_name.try_emplace(option->name, option);
    }
  }
  Json options = Json::array();
  for (const auto& [name, option] : by_name) {
    Json json{{"name", name}, {"key", option->key}, {"kind", to_string(option->kind)}, {"summary", option->summary}};
    if (option->kind == Option::Kind::kWord) {
      json["words"] = option->words;
      json["usual"] = option->words[option->usual];
    } else {
      json["min"] = option->min;
      json["max"] = option->max;
      json["usual"] = option->usual;
    }
    options.push_back(std::move(json));
  }
  return options;
}

}  // namespace

std::string to_json(std::span<const Descriptor> strategies, std::span<const Descriptor> programs) {
  return json_text({{"strategies", entries_json(strategies)},
                    {"options", options_json(strategies, programs)},
                    {"programs", entries_json(programs)}});
}

}  // namespace writebench::reports
