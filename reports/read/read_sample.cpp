#include "reports/read/read_sample.hpp"

#include "engine/trial/sample_fields.hpp"

namespace writebench::reports {
namespace {

using engine::Sample;

// Reads the figures that belong to a sample's interference, or all others.
void read_figures(const Field& field, Sample& sample, bool of_interference) {
  for (const engine::SampleField& figure : engine::sample_fields()) {
    auto* const value = figure.in(sample);
    if (value == nullptr || figure.of_interference() != of_interference) continue;
    if (figure.reported == engine::Reported::kOrNull) {
      *value = field.at(figure.name).or_null(&Field::amount);
    } else if (const auto known = field.find(figure.name)) {
      *value = known->amount();
    }
  }
}

std::optional<engine::PaceLoss> read_pace_loss(const Field& field) {
  const auto from_bytes = field.find("slowed_from_bytes");
  if (!from_bytes) return std::nullopt;
  return engine::PaceLoss{.from_ns = field.at("slowed_from_ns").amount(),
                          .from_bytes = from_bytes->amount(),
                          .to_share = field.at("slowed_to_share").number_between(0, 1)};
}

void check_clocks(const Field& field, const Sample& sample) {
  if (sample.outcome == engine::Outcome::kOk) {
    field.at("prepare_ns");
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
  if (ok && field.find("detail")) field.at("detail").refuse("must be absent in a trial that was right");
  read_figures(field, sample, false);
  check_clocks(field, sample);
  if (const auto share = field.find("injected_slow_down")) sample.injected_slow_down = share->number();
  if (const auto unproven = field.find("order_unproven")) sample.order_unproven = unproven->flag();
  if (const auto refused = field.find("copy_refused")) sample.copy_refused = refused->flag();
  read_figures(field.at("interference"), sample, true);
  sample.interference.slow_down = read_pace_loss(field.at("interference"));
  for (const Field& cause : field.at("disturbances").items()) sample.disturbances.push_back(cause.some_text());
  return sample;
}

}  // namespace writebench::reports
