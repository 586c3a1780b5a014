#include "gate/metric.hpp"

#include <array>

namespace writebench::gate {
namespace {

using engine::Sample;
using Value = std::optional<double>;

Value known(const std::optional<std::int64_t>& value) {
  return value ? Value(static_cast<double>(*value)) : std::nullopt;
}

Value time(const Sample& sample) { return known(sample.time_ns()); }
Value submitted(const Sample& sample) { return known(sample.submitted_ns); }
Value drained(const Sample& sample) { return known(sample.drained_ns); }
Value stall_p99(const Sample& sample) { return known(sample.stall_p99_ns); }
Value write_calls(const Sample& sample) { return known(sample.cost.write_syscalls); }
Value peak_rss(const Sample& sample) { return known(sample.cost.peak_rss_bytes); }

Value cpu(const Sample& sample) {
  const engine::Cost& cost = sample.cost;
  if (!cost.user_cpu_ns || !cost.system_cpu_ns) return std::nullopt;
  return static_cast<double>(*cost.user_cpu_ns + *cost.system_cpu_ns);
}

Value switches(const Sample& sample) {
  const engine::Cost& cost = sample.cost;
  if (!cost.voluntary_switches || !cost.involuntary_switches) return std::nullopt;
  return static_cast<double>(*cost.voluntary_switches + *cost.involuntary_switches);
}

constexpr std::array kMetrics{
    Metric{"time", "ns", "durable where the durability asks for syncing, else drained", time},
    Metric{"lines-per-second", "ns", "the same as a rate", time, true},
    Metric{"submitted", "ns", "until the callers are free", submitted},
    Metric{"drained", "ns", "until everything is with the kernel", drained},
    Metric{"stall-p99", "ns", "how long the caller is held, 99th percentile of a trial", stall_p99, false, true},
    Metric{"cpu", "ns", "processor time, user and system, all threads", cpu},
    Metric{"switches", "", "context switches", switches},
    Metric{"write-calls", "", "write system calls", write_calls},
    Metric{"peak-rss", "bytes", "resident memory at most", peak_rss},
};

}  // namespace

std::span<const Metric> metrics() { return kMetrics; }

std::optional<double> value_of(const Metric& metric, const Sample& sample) {
  if (sample.outcome != engine::Outcome::kOk) return std::nullopt;
  const Value value = metric.value(sample);
  return value && *value > 0 ? value : std::nullopt;
}

}  // namespace writebench::gate
