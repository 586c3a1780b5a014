#include "engine/trial/sample.hpp"

namespace writebench::engine {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk: return "ok";
    case Outcome::kIncorrect: return "incorrect";
    case Outcome::kFailed: return "failed";
    case Outcome::kTimeout: return "timeout";
    case Outcome::kUnavailable: return "unavailable";
  }
  return "";
}

std::optional<std::int64_t> Sample::time_ns() const {
  if (outcome != Outcome::kOk) return std::nullopt;
  return durable_ns ? durable_ns : drained_ns;
}

void Cell::add(Sample sample) {
  if (!status || *status == Outcome::kOk) {
    status = sample.outcome;
    status_detail = sample.detail;
  }
  samples.push_back(std::move(sample));
}

bool same_work(const Cell& a, const Cell& b) {
  return a.parameters.lines == b.parameters.lines && a.parameters.durability == b.parameters.durability &&
         a.workload == b.workload;
}

std::vector<double> times_ns(const Cell& cell) {
  std::vector<double> times;
  for (const Sample& sample : cell.samples) {
    if (const auto time = sample.time_ns()) times.push_back(static_cast<double>(*time));
  }
  return times;
}

}  // namespace writebench::engine
