#include "reports/read/read_cell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "reports/json.hpp"
#include "reports/read/read_distribution.hpp"

namespace writebench::reports {
namespace {

using engine::Cell;
using engine::Workload;

Contract read_contract(const Field& field, const Durability& durability) {
  Contract contract;
  contract.order = field.at("order").or_null(&Field::word<Order>).value_or(Order::kNothing);
  contract.layout = field.at("layout").word<Layout>();
  if (field.at("durability").text() != to_string(durability)) {
    field.at("durability").refuse("is not that of the parameters");
  }
  return contract;
}

// The value of an option, read as the report's own table describes the option.
OptionValue read_option(const Field& field, OptionValue option) {
  if (option.kind == Option::Kind::kWord) {
    option.word = field.some_text();
    // The words of other options are known only to the program that has their strategy.
    const auto& calls = kSyncCallWords;
    if (option.name == kSyncCall.name && std::find(calls.begin(), calls.end(), option.word) == calls.end()) {
      field.refuse("is an unknown word, " + field.shown());
    }
  } else {
    option.number = field.whole<std::uint64_t>();
  }
  return option;
}

Parameters read_parameters(const Field& field, const std::vector<OptionValue>& options) {
  Parameters parameters;
  parameters.lines = field.at("lines").whole<std::uint64_t>();
  parameters.durability = read_durability(field.at("durability"));
  for (const OptionValue& option : options) {
    if (const auto value = field.find(option.key)) parameters.set(read_option(*value, option));
  }
  for (const auto& [key, value] : field.members()) {
    const bool known = key == "lines" || key == "durability" ||
                       std::any_of(options.begin(), options.end(),
                                   [&key = key](const OptionValue& option) { return option.key == key; });
    if (!known) value.refuse("is not among the report's options");
  }
  return parameters;
}

Workload read_workload(const Field& field) {
  const auto size = [](const Field& bytes) { return bytes.whole<std::uint64_t>(1); };
  Workload workload;
  workload.lines_kind = field.at("lines_kind").text();
  if (workload.lines_kind != "counter" && workload.lines_kind != "sized" && workload.lines_kind != "replayed") {
    field.at("lines_kind").refuse("is an unknown word, " + field.at("lines_kind").shown());
  }
  if (const auto content = field.find("line_content")) {
    if (content->text_view() != "random") content->refuse("is an unknown word, " + content->shown());
    workload.random_bytes = true;
  }
  workload.min_line_bytes = field.at("min_line_bytes").or_null(size);
  workload.max_line_bytes = field.at("max_line_bytes").or_null(size);
  workload.input = field.at("input").or_null(&Field::text);
  workload.pace.think = std::chrono::nanoseconds(field.at("think_ns").amount());
  workload.pace.lines_per_second = field.at("due_lines_per_second").or_null(&Field::number).value_or(0);
  workload.pace.burst_lines = field.at("burst_lines").whole<std::uint64_t>(1);
  workload.file_state = field.at("file_state").word<engine::FileState>();
  workload.preallocation = field.at("preallocation").word<engine::Preallocation>();
  if (const auto caches = field.find("caches")) {
    if (caches->text_view() != "cold") caches->refuse("is an unknown word, " + caches->shown());
    workload.cold_caches = true;
  }
  return workload;
}

// Adds the samples as the run did, so status and detail follow from them. A percentile from fewer appends than it needs
// is left out; earlier versions wrote it, and a program of another author may.
void add_samples(const Field& field, engine::Samples samples, Cell& cell) {
  const bool synced = cell.parameters.durability.kind != Durability::Kind::kNone;
  const bool has_percentile = engine::supports(cell.parameters.lines, 0.99);
  int last_round = -1;
  for (engine::Sample& sample : samples) {
    const auto refuse = [&](std::string_view key, std::string_view problem) {
      field.refuse_below(fmt::format("[{}]{}", &sample - samples.data(), key), problem);
    };
    if (cell.status && cell.status != engine::Outcome::kOk) {
      refuse("", "follows a failed sample, which must be the last");
    }
    if (sample.round <= last_round) refuse(".round", fmt::format("must follow {}", last_round));
    if (sample.time_ns() && sample.durable_ns.has_value() != synced) {
      refuse(".durable_ns", "does not fit the durability, " + to_string(cell.parameters.durability));
    }
    last_round = sample.round;
    if (!has_percentile) sample.stall_p99_ns.reset();
    cell.status = sample.outcome;
    cell.status_detail = sample.detail;
  }
  cell.samples = std::move(samples);
}

void check_status(const Field& field, Cell& cell) {
  const auto status = field.at("status").or_null(&Field::word<engine::Outcome>);
  const std::string detail = field.at("status_detail").or_null(&Field::some_text).value_or("");
  if (cell.samples.empty() && status == engine::Outcome::kUnavailable && !detail.empty()) {
    cell.status = status;  // known before the first trial
    cell.status_detail = detail;
  }
  if (status != cell.status) {
    field.at("status").refuse(fmt::format("is {}, and the samples give {}", field.at("status").shown(),
                                          cell.status ? to_string(*cell.status) : "null"));
  }
  if (detail != cell.status_detail) field.at("status_detail").refuse("is not that of the sample that failed");
}

}  // namespace

Durability read_durability(const Field& field) {
  const std::string text = field.text();
  if (text == "none") return {};
  if (text == "close") return {.kind = Durability::Kind::kClose};
  if (text == "line") return {.kind = Durability::Kind::kLine};
  Durability durability{.kind = Durability::Kind::kBytes};
  constexpr std::string_view kBytes = "bytes=";
  if (text.starts_with(kBytes)) {
    std::from_chars(text.data() + kBytes.size(), text.data() + text.size(), durability.interval_bytes);
    if (durability.interval_bytes > 0 && to_string(durability) == text) return durability;
  }
  field.refuse("must be none, close, bytes=N or line, not " + field.shown());
}

std::vector<OptionValue> read_options(const Field& field) {
  constexpr std::size_t kMostOptions = 1000;
  std::vector<OptionValue> options;
  if (field.size() > kMostOptions) field.refuse(fmt::format("has more than {} options", kMostOptions));
  for (const Field& item : field.items()) {
    OptionValue option;
    option.name = item.at("name").some_text();
    option.key = item.at("key").some_text();
    option.summary = item.at("summary").text();
    option.kind = item.at("kind").word<Option::Kind>();
    options.push_back(std::move(option));
  }
  return options;
}

Cell read_cell(const Field& field, const std::vector<OptionValue>& options, engine::Samples samples) {
  Cell cell;
  cell.id = field.at("id").some_text();
  if (const auto twin_of = field.find("twin_of")) {
    cell.twin_of = twin_of->some_text();
    if (cell.twin_of == cell.id) twin_of->refuse("is the cell itself");
  }
  cell.strategy.name = field.at("strategy").some_text();
  cell.strategy.family = field.at("family").some_text();
  cell.strategy.role = field.at("role").word<Role>();
  if (const auto program = field.find("program")) {
    for (const Field& word : program->at("command").items()) cell.strategy.command.push_back(word.text());
    if (cell.strategy.command.empty()) program->at("command").refuse("is empty");
    if (const auto language = program->find("language")) {
      cell.strategy.language = language->some_text();
      cell.strategy.own_reference = program->at("own_reference").some_text();
    } else if (const auto reference = program->find("own_reference")) {
      reference->refuse("stands without a language");
    }
  }
  cell.parameters = read_parameters(field.at("parameters"), options);
  cell.workload = read_workload(field.at("workload"));
  cell.strategy.contract = read_contract(field.at("contract"), cell.parameters.durability);
  cell.bytes = field.at("bytes").whole<std::uint64_t>();
  if (const auto asked = field.find("asked_lines")) {
    cell.asked_lines = asked->whole<std::uint64_t>();
    if (*cell.asked_lines <= cell.parameters.lines) asked->refuse("must be above the lines that the cell ran on");
  }
  if (const auto made = field.find("makes_space")) cell.makes_space = made->flag();
  cell.warm_up_trials = field.at("warm_up_trials").whole<std::size_t>();
  add_samples(field.at("samples"), std::move(samples), cell);
  check_status(field, cell);
  cell.caller_stall = read_distribution(field.at("caller_stall_ns"));
  cell.loop_lag = read_distribution(field.at("loop_lag_ns"));
  if (const auto late = field.find("pace_late_ns")) cell.pace_late = read_distribution(*late);
  return cell;
}

}  // namespace writebench::reports
