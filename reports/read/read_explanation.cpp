#include "reports/read/read_explanation.hpp"

namespace writebench::reports {
namespace {

double any_number(const Field& field) {
  return field.number_between(std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max());
}

template <class Read>
std::optional<engine::Interval> read_interval(const Field& field, Read read, const char* low_key = "ci95_low",
                                              const char* high_key = "ci95_high") {
  const auto low = field.at(low_key).or_null(read);
  const auto high = field.at(high_key).or_null(read);
  if (!low || !high) return std::nullopt;
  return engine::Interval{*low, *high};
}

Estimate read_estimate(const Field& field) {
  return {any_number(field.at("median")), read_interval(field, any_number)};
}

std::vector<Explanation::Beside> read_beside(const Field& field) {
  std::vector<Explanation::Beside> cells;
  for (const Field& item : field.items()) {
    cells.push_back({item.at("cell").some_text(), item.at("reference").some_text(), read_estimate(item.at("ratio"))});
  }
  return cells;
}

std::vector<std::string> read_ids(const Field& field) {
  std::vector<std::string> ids;
  for (const Field& item : field.items()) ids.push_back(item.some_text());
  return ids;
}

StageSummary read_stages(const Field& field) {
  StageSummary stages;
  stages.cell = field.at("cell").some_text();
  stages.trials = field.at("trials").whole<std::size_t>();
  stages.dispatches = field.at("dispatches").whole<std::uint64_t>(1);
  stages.awaited = field.at("awaited").flag();
  for (const Field& part : field.at("parts").items()) {
    stages.parts.push_back({std::string(engine::to_string(part.at("name").word<engine::Stage>())),
                            part.at("mean_ns").number(), part.at("p50_ns").or_null(&Field::number),
                            part.at("p99_ns").or_null(&Field::number)});
  }
  stages.whole_ns = field.at("whole_ns").number();
  stages.hand_over_ns = field.at("hand_over_ns").number();
  stages.same_processor_share = field.at("same_processor_share").number_between(0, 1);
  stages.queue_mean = field.at("queue_mean").number();
  stages.queue_max = field.at("queue_max").whole<std::uint64_t>();
  stages.loop_wakes = field.at("loop_wakes").or_null(&Field::number);
  stages.pool_wakes = field.at("pool_wakes").or_null(&Field::number);
  stages.switches = field.at("switches").number();
  stages.caller_delay_ns = field.at("caller_delay_ns").number();
  stages.pool_delay_ns = field.at("pool_delay_ns").number();
  stages.line_ns = field.at("line_ns").number();
  stages.unstaged_line_ns = field.at("unstaged_line_ns").number();
  return stages;
}

Explanation::BreakEven read_break_even(const Field& field) {
  return {field.at("block_bytes").number(), read_interval(field, &Field::number), field.at("lines").number()};
}

}  // namespace

Explanation read_explanation(const Field& field) {
  Explanation explanation;
  explanation.subject = field.at("subject").some_text();
  explanation.reference = field.at("reference").some_text();
  for (const Field& step : field.at("ladder").items()) {
    explanation.ladder.push_back({step.at("cell").some_text(), step.at("adds").text(), step.at("ns_per_line").number(),
                                  read_estimate(step.at("added_ns")),
                                  read_interval(step, any_number, "rounds_low_ns", "rounds_high_ns")});
  }
  for (const Field& stages : field.at("stages").items()) explanation.stages.push_back(read_stages(stages));
  explanation.variants = read_beside(field.at("variants"));
  explanation.block_sizes = read_beside(field.at("block_sizes"));
  explanation.break_even = field.at("break_even").or_null(read_break_even);
  explanation.thinks = read_beside(field.at("thinks"));
  explanation.paced = read_ids(field.at("paced"));
  explanation.durable = read_ids(field.at("durable"));
  for (const Field& finding : field.at("findings").items()) {
    explanation.findings.push_back({finding.at("code").some_text(), finding.at("text").some_text()});
  }
  return explanation;
}

}  // namespace writebench::reports
