#include "engine/trial/sample_fields.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace writebench::engine {
namespace {

using Value = SampleField::Value;

// Unknown if a part is unknown, or if the sum exceeds 64 bits: a report may hold any number.
Value sum(const Value& a, const Value& b) {
  std::int64_t total = 0;
  if (!a || !b || __builtin_add_overflow(*a, *b, &total)) return std::nullopt;
  return total;
}

Value time_ns(const Sample& sample) { return sample.time_ns(); }
Value cpu_ns(const Sample& sample) { return sum(sample.cost.user_cpu_ns, sample.cost.system_cpu_ns); }
Value switches(const Sample& sample) { return sum(sample.cost.voluntary_switches, sample.cost.involuntary_switches); }

using enum FieldKind;
using enum Reported;

constexpr SampleField kFields[] = {
    {"time_ns", kTime, &time_ns, kOrNull, "durable_ns if the durability asks for syncing, else drained_ns"},
    {"submitted_ns", kTime, &Sample::submitted_ns, kOrNull, "until the callers are free"},
    {"drained_ns", kTime, &Sample::drained_ns, kOrNull, "until everything is with the kernel"},
    {"durable_ns", kTime, &Sample::durable_ns, kOrNull},
    {"settle_ns", kTime, &Sample::settle_ns},
    {"start_ns", kTime, &Sample::start_ns},
    {"prepare_ns", kTime, &Sample::prepare_ns},
    {"stall_p99_ns", kTime, &Sample::stall_p99_ns, kIfKnown, "how long the caller is held, 99th percentile of a trial",
     "", true},
    {"stall_p999_ns", kTime, &Sample::stall_p999_ns},
    {"submission_ns", kTime, &Sample::submission_ns},
    {"total_ns", kTime, &Sample::total_ns},
    {"kernel_workers", kLevel, &Sample::kernel_workers},
    {"unsynced_bytes", kLevel, &Sample::unsynced_bytes},
    {"user_cpu_ns", kTotal, &Cost::user_cpu_ns},
    {"system_cpu_ns", kTotal, &Cost::system_cpu_ns},
    {"cpu_ns", kTotal, &cpu_ns, kNever, "processor time, user and system, all threads", "cpu"},
    {"caller_user_cpu_ns", kTotal, &Cost::caller_user_cpu_ns},
    {"caller_system_cpu_ns", kTotal, &Cost::caller_system_cpu_ns},
    {"wait_cpu_ns", kTotal, &Cost::wait_cpu_ns},
    {"caller_run_delay_ns", kTotal, &Cost::caller_run_delay_ns},
    {"voluntary_switches", kTotal, &Cost::voluntary_switches},
    {"involuntary_switches", kTotal, &Cost::involuntary_switches},
    {"switches", kTotal, &switches, kNever, "context switches"},
    {"read_syscalls", kTotal, &Cost::read_syscalls},
    {"write_syscalls", kTotal, &Cost::write_syscalls, kIfKnown, "write system calls", "writes"},
    {"written_bytes", kTotal, &Cost::written_bytes},
    {"device_bytes", kTotal, &Cost::device_bytes},
    {"minor_faults", kTotal, &Cost::minor_faults},
    {"major_faults", kTotal, &Cost::major_faults},
    {"peak_rss_bytes", kPeak, &Cost::peak_rss_bytes, kIfKnown, "peak resident memory", "peak RSS"},
    {"rss_growth_bytes", kPeak, &Cost::rss_growth_bytes},
    {"window_ns", kTime, &Interference::window_ns},
    {"stolen_ns", kTotal, &Interference::stolen_ns},
    {"other_cpu_ns", kTotal, &Interference::other_cpu_ns},
    {"writeback_bytes", kLevel, &Interference::writeback_bytes},
    {"device_other_bytes", kTotal, &Interference::device_other_bytes},
    {"throttlings", kTotal, &Interference::throttlings},
    {"throttled_from_bytes", kLevel, &Interference::throttled_from_bytes},
    {"throttled_from_ns", kTime, &Interference::throttled_from_ns},
    {"cpu_pressure_ns", kTotal, &Interference::cpu_pressure_ns},
    {"io_pressure_ns", kTotal, &Interference::io_pressure_ns},
    {"memory_pressure_ns", kTotal, &Interference::memory_pressure_ns},
    {"stopped_attempts", kTotal, &Interference::stopped_attempts},
};

}  // namespace

std::string_view to_string(FieldKind kind) {
  switch (kind) {
    case kTime: return "time";
    case kTotal: return "total";
    case kPeak: return "peak";
    case kLevel: return "level";
  }
  return "";
}

Value SampleField::of(const Sample& sample) const {
  struct {
    const Sample& sample;
    Value operator()(Value Sample::*member) const { return sample.*member; }
    Value operator()(Value Cost::*member) const { return sample.cost.*member; }
    Value operator()(Value Interference::*member) const { return sample.interference.*member; }
    Value operator()(Derived derived) const { return derived(sample); }
  } const reading{sample};
  return std::visit(reading, at);
}

Value* SampleField::in(Sample& sample) const {
  struct {
    Sample& sample;
    Value* operator()(Value Sample::*member) const { return &(sample.*member); }
    Value* operator()(Value Cost::*member) const { return &(sample.cost.*member); }
    Value* operator()(Value Interference::*member) const { return &(sample.interference.*member); }
    Value* operator()(Derived) const { return nullptr; }
  } const place{sample};
  return std::visit(place, at);
}

std::string_view SampleField::unit() const {
  for (const std::string_view unit : {"ns", "bytes"}) {
    if (name.ends_with(unit) && name[name.size() - unit.size() - 1] == '_') return unit;
  }
  return "";
}

std::string_view SampleField::stem() const {
  return unit().empty() ? name : name.substr(0, name.size() - unit().size() - 1);
}

std::string SampleField::word() const {
  std::string word(stem());
  std::replace(word.begin(), word.end(), '_', '-');
  return word;
}

std::span<const SampleField> sample_fields() { return kFields; }

const SampleField& sample_field(std::string_view name) {
  const auto found = std::find_if(std::begin(kFields), std::end(kFields),
                                  [&](const SampleField& field) { return field.name == name; });
  if (found == std::end(kFields)) throw std::out_of_range(std::string(name));
  return *found;
}

}  // namespace writebench::engine
