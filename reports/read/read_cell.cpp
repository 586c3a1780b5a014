#include "reports/read/read_cell.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "reports/json.hpp"
#include "reports/read/read_distribution.hpp"
#include "reports/read/read_sample.hpp"

namespace writebench::reports {
namespace {

using engine::Cell;
using engine::Workload;

// A descriptor's texts are those of the program. What a file says has to live as long: there are few different names.
std::string_view kept(const std::string& name) {
  static std::set<std::string, std::less<>> names;
  return *names.insert(name).first;
}

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

Contract read_contract(const Field& field, const Durability& durability) {
  Contract contract;
  contract.order = field.at("order").or_null(&Field::word<Order>).value_or(Order::kNothing);
  contract.layout = field.at("layout").word<Layout>();
  if (field.at("durability").text() != to_string(durability)) {
    field.at("durability").refuse("is not that of the parameters");
  }
  return contract;
}

Uses read_uses(const Field& field) {
  Uses uses;
  for (const Field& item : field.items()) {
    const std::string name = item.text();
    if (name == "writers") {
      uses.writers = true;
    } else if (name == "threads") {
      uses.threads = true;
    } else if (name == "buffer_bytes") {
      uses.buffer = true;
    } else if (name == "queue_depth") {
      uses.queue_depth = true;
    } else if (name == "in_flight_bytes") {
      uses.in_flight_bytes = true;
    } else {
      item.refuse("is an unknown word, " + item.shown());
    }
  }
  return uses;
}

Parameters read_parameters(const Field& field) {
  Parameters parameters;
  parameters.lines = field.at("lines").whole<std::uint64_t>();
  parameters.writers = field.at("writers").whole<unsigned>(1);
  parameters.threads = field.at("threads").whole<unsigned>(1);
  parameters.buffer_bytes = field.at("buffer_bytes").whole<std::size_t>(1);
  parameters.queue_depth = field.at("queue_depth").whole<std::size_t>(1);
  parameters.in_flight_bytes = field.at("in_flight_bytes").whole<std::uint64_t>(1);
  parameters.durability = read_durability(field.at("durability"));
  return parameters;
}

Workload read_workload(const Field& field) {
  const auto size = [](const Field& bytes) { return bytes.whole<std::uint64_t>(1); };
  Workload workload;
  workload.lines_kind = field.at("lines_kind").text();
  if (workload.lines_kind != "counter" && workload.lines_kind != "sized" && workload.lines_kind != "replayed") {
    field.at("lines_kind").refuse("is an unknown word, " + field.at("lines_kind").shown());
  }
  workload.least_line_bytes = field.at("least_line_bytes").or_null(size);
  workload.most_line_bytes = field.at("most_line_bytes").or_null(size);
  workload.input = field.at("input").or_null(&Field::text);
  workload.pace.think = std::chrono::nanoseconds(field.at("think_ns").amount());
  workload.pace.lines_per_second = field.at("lines_per_second").or_null(&Field::number).value_or(0);
  workload.pace.burst_lines = field.at("burst_lines").whole<std::uint64_t>(1);
  workload.file_state = field.at("file_state").word<engine::FileState>();
  workload.preallocation = field.at("preallocation").word<engine::Preallocation>();
  return workload;
}

// As the run added them, so that status and detail follow.
void read_samples(const Field& field, Cell& cell) {
  for (const Field& item : field.items()) {
    const bool first = cell.samples.empty();
    const int last_round = first ? -1 : cell.samples.back().round;
    if (!first && cell.status != engine::Outcome::kOk)
      item.refuse("follows one that failed, after which there is none");
    cell.add(read_sample(item));
    const engine::Sample& sample = cell.samples.back();
    if (sample.round <= last_round) item.at("round").refuse(fmt::format("must follow {}", last_round));
    const bool synced = cell.parameters.durability.kind != Durability::Kind::kNone;
    if (sample.time_ns() && sample.durable_ns.has_value() != synced) {
      item.at("durable_ns").refuse("does not fit the durability, " + to_string(cell.parameters.durability));
    }
  }
}

void check_status(const Field& field, Cell& cell) {
  const auto status = field.at("status").or_null(&Field::word<engine::Outcome>);
  const std::string detail = field.at("status_detail").or_null(&Field::some_text).value_or("");
  if (cell.samples.empty() && status == engine::Outcome::kUnavailable && !detail.empty()) {
    cell.status = status;  // known before any trial
    cell.status_detail = detail;
  }
  if (status != cell.status) {
    field.at("status").refuse(fmt::format("is {}, and the samples give {}", field.at("status").shown(),
                                          cell.status ? to_string(*cell.status) : "null"));
  }
  if (detail != cell.status_detail) field.at("status_detail").refuse("is not that of the sample that failed");
}

}  // namespace

Cell read_cell(const Field& field) {
  Cell cell;
  cell.id = field.at("id").some_text();
  cell.strategy.name = kept(field.at("strategy").some_text());
  cell.strategy.family = kept(field.at("family").some_text());
  cell.strategy.uses = read_uses(field.at("parameters_used"));
  cell.parameters = read_parameters(field.at("parameters"));
  cell.workload = read_workload(field.at("workload"));
  cell.strategy.contract = read_contract(field.at("contract"), cell.parameters.durability);
  cell.bytes = field.at("bytes").whole<std::uint64_t>();
  cell.warm_up_trials = field.at("warm_up_trials").whole<std::size_t>();
  read_samples(field.at("samples"), cell);
  check_status(field, cell);
  cell.caller_stall = read_distribution(field.at("caller_stall_ns"));
  cell.loop_lag = read_distribution(field.at("loop_lag_ns"));
  return cell;
}

}  // namespace writebench::reports
