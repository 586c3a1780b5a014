#include "reports/read/read_sample.hpp"

#include "reports/cost_names.hpp"

namespace writebench::reports {
namespace {

using engine::Sample;

template <class Counters>
void read_counters(const Field& field, std::span<const Counter<Counters>> names, Counters& counters) {
  for (const Counter<Counters>& counter : names) {
    if (const auto known = field.find(counter.name)) counters.*counter.value = known->amount();
  }
}

std::optional<std::int64_t> read_known(const Field& field, const char* key) {
  const auto known = field.find(key);
  return known ? std::optional(known->amount()) : std::nullopt;
}

engine::Interference read_surroundings(const Field& field) {
  engine::Interference around;
  read_counters<engine::Interference>(field, kInterference, around);
  if (const auto from_bytes = read_known(field, "slowed_from_bytes")) {
    around.slow_down = {.from_ns = field.at("slowed_from_ns").amount(),
                        .from_bytes = *from_bytes,
                        .to_share = field.at("slowed_to_share").number_between(0, 1)};
  }
  return around;
}

void check_clocks(const Field& field, const Sample& sample) {
  if (sample.outcome == engine::Outcome::kOk) {
    if (!sample.submitted_ns) field.at("submitted_ns").refuse("is null in a trial that was right");
    if (!sample.drained_ns) field.at("drained_ns").refuse("is null in a trial that was right");
  }
  if (sample.drained_ns && sample.submitted_ns > sample.drained_ns) {
    field.at("submitted_ns").refuse("is later than drained_ns");
  }
  if (sample.durable_ns && sample.drained_ns > sample.durable_ns) {
    field.at("drained_ns").refuse("is later than durable_ns");
  }
  const Field time = field.at("time_ns");
  if (time.or_null(&Field::amount) != sample.time_ns()) {
    time.refuse("is " + time.shown() + ", which contradicts outcome and clocks");
  }
}

}  // namespace

Sample read_sample(const Field& field) {
  Sample sample;
  sample.round = field.at("round").whole<int>();
  sample.position = field.at("position").whole<int>();
  sample.outcome = field.at("outcome").word<engine::Outcome>();
  const bool ok = sample.outcome == engine::Outcome::kOk;
  if (!ok) sample.detail = field.at("detail").some_text();
  if (ok && field.find("detail")) field.at("detail").refuse("stands in a trial that was right");
  sample.submitted_ns = field.at("submitted_ns").or_null(&Field::amount);
  sample.drained_ns = field.at("drained_ns").or_null(&Field::amount);
  sample.durable_ns = field.at("durable_ns").or_null(&Field::amount);
  check_clocks(field, sample);
  sample.settle_ns = read_known(field, "settle_ns");
  sample.prepare_ns = read_known(field, "prepare_ns");
  sample.stall_p99_ns = read_known(field, "stall_p99_ns");
  if (const auto share = field.find("injected_slow_down")) sample.injected_slow_down = share->number();
  sample.whole_ns = read_known(field, "whole_ns");
  read_counters<engine::Cost>(field, kCosts, sample.cost);
  if (const auto unproven = field.find("order_unproven")) sample.order_unproven = unproven->flag();
  sample.interference = read_surroundings(field.at("surroundings"));
  for (const Field& cause : field.at("disturbances").items()) sample.disturbances.push_back(cause.some_text());
  return sample;
}

}  // namespace writebench::reports
