#include "reports/read/read_crash_test.hpp"

#include <fmt/format.h>

#include <cmath>

namespace writebench::reports {
namespace {

FaultCount read_fault(const Field& field) {
  return {field.at("fault").word<Fault>(), field.at("lines").whole<std::uint64_t>(),
          field.at("bytes").whole<std::uint64_t>(), field.at("example").some_text()};
}

Loss read_loss(const Field& field) {
  Loss loss;
  loss.after_ns = field.at("after_ns").amount();
  const auto count = [&](const char* key) { return field.at(key).whole<std::uint64_t>(); };
  loss.submitted_lines = count("submitted_lines");
  loss.drained_bytes = count("drained_bytes");
  loss.durable_bytes = count("durable_bytes");
  loss.kept_lines = count("kept_lines");
  loss.lost_lines = count("lost_lines");
  loss.lost_bytes = count("lost_bytes");
  loss.lost_ns = field.at("lost_ns").amount();
  loss.surplus_lines = count("surplus_lines");
  loss.torn_lines = count("torn_lines");
  loss.damaged_lines = count("damaged_lines");
  for (const Field& fault : field.at("faults").items()) loss.faults.push_back(read_fault(fault));
  return loss;
}

void check_same(const Field& field, double computed) {
  if (field.number() == computed) return;
  field.refuse(fmt::format("is {}, and the losses give {}", field.shown(), computed));
}

void check_spread(const Field& field, const Spread& spread) {
  check_same(field.at("min"), spread.min);
  check_same(field.at("median"), spread.median);
  const Field p90 = field.at("p90");
  if (p90.or_null(&Field::number).has_value() != spread.p90.has_value()) {
    p90.refuse("must be known for 10 deaths and more, and for them alone");
  }
  if (spread.p90) check_same(p90, *spread.p90);
  check_same(field.at("max"), spread.max);
}

void check_death_summary(const Field& field, const Deaths& deaths) {
  const auto summary = summarise(deaths);
  if (field.is_null() && !summary) return;
  if (!summary) field.refuse("must be null, because nothing died");
  check_same(field.at("deaths"), static_cast<double>(summary->deaths));
  check_same(field.at("lossy_deaths"), static_cast<double>(summary->lossy_deaths));
  check_same(field.at("torn_deaths"), static_cast<double>(summary->torn_deaths));
  check_spread(field.at("lost_lines"), summary->lost_lines);
  check_spread(field.at("lost_bytes"), summary->lost_bytes);
  check_spread(field.at("lost_ns"), summary->lost_ns);
  const std::vector<Field> faults = field.at("faults").items();
  if (faults.size() != summary->faults.size()) field.at("faults").refuse("are not those of the losses");
  for (std::size_t i = 0; i < faults.size(); ++i) {
    if (faults[i].at("fault").word<Fault>() != summary->faults[i].fault) {
      faults[i].at("fault").refuse("is not that of the losses");
    }
    check_same(faults[i].at("deaths"), static_cast<double>(summary->faults[i].deaths));
    if (faults[i].at("example").some_text() != summary->faults[i].example) {
      faults[i].at("example").refuse("is not that of the first loss");
    }
  }
}

Deaths read_deaths(const Field& field) {
  Deaths deaths;
  deaths.cell = field.at("cell").some_text();
  deaths.death = field.at("death").word<Death>();
  deaths.running_ns = field.at("running_ns").amount();
  deaths.bound_bytes = field.at("bound_bytes").or_null([](const Field& bytes) { return bytes.whole<std::uint64_t>(); });
  if (const auto trials = field.find("trials")) deaths.trials = trials->whole<std::uint64_t>();
  deaths.ended_before = field.at("ended_before").whole<std::uint64_t>();
  deaths.failure = field.at("failure").or_null(&Field::some_text).value_or("");
  for (const Field& loss : field.at("losses").items()) deaths.losses.push_back(read_loss(loss));
  check_death_summary(field.at("summary"), deaths);
  return deaths;
}

}  // namespace

CrashTest read_crash_test(const Field& field) {
  CrashTest test{.deaths = field.at("deaths").whole<std::uint64_t>(1)};
  for (const Field& cell : field.at("cells").items()) test.cells.push_back(read_deaths(cell));
  if (const auto unavailable = field.find("unavailable")) {
    for (const Field& one : unavailable->items()) {
      test.unavailable.push_back({one.at("death").word<Death>(), one.at("reason").some_text()});
    }
  }
  return test;
}

}  // namespace writebench::reports
