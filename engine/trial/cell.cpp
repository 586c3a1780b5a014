#include "engine/trial/cell.hpp"

namespace writebench::engine {

StrategyTraits::StrategyTraits(const Descriptor& descriptor)
    : name(descriptor.name), family(descriptor.family), role(descriptor.role), contract(descriptor.contract) {}

void CellResults::add(Sample sample) {
  if (!status || *status == Outcome::kOk) {
    status = sample.outcome;
    status_detail = sample.detail;
  }
  samples.push_back(std::move(sample));
}

bool same_work(const CellSpec& a, const CellSpec& b) {
  return a.parameters.lines == b.parameters.lines && a.parameters.durability == b.parameters.durability &&
         a.workload == b.workload;
}

std::vector<double> times_ns(const CellResults& results) {
  std::vector<double> times;
  for (const Sample& sample : results.samples) {
    if (const auto time = sample.time_ns()) times.push_back(static_cast<double>(*time));
  }
  return times;
}

}  // namespace writebench::engine
