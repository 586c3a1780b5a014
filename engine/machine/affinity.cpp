#include "engine/machine/affinity.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace writebench::engine {
namespace {

constexpr std::string_view kName = "cpus";

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value >= CPU_SETSIZE) return std::nullopt;
  return value;
}

// Adds `3` or `0-2`; false if it is neither.
bool add_range(std::string_view text, cpu_set_t& set) {
  const std::size_t dash = text.find('-');
  const auto first = number(text.substr(0, dash));
  const auto last = dash == text.npos ? first : number(text.substr(dash + 1));
  if (!first || !last || *last < *first) return false;
  for (unsigned cpu = *first; cpu <= *last; ++cpu) CPU_SET(cpu, &set);
  return true;
}

}  // namespace

std::optional<cpu_set_t> parse_cpus(std::string_view text) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('+', begin), text.size());
    if (!add_range(text.substr(begin, end - begin), set)) return std::nullopt;
    begin = end + 1;
  }
  return set;
}

std::string allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  ::sched_getaffinity(0, sizeof set, &set);
  std::string text;
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &set)) continue;
    unsigned last = cpu;
    while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, &set)) ++last;
    text += (text.empty() ? "" : "+") + std::to_string(cpu);
    if (last > cpu) text += "-" + std::to_string(last);
    cpu = last;
  }
  return text;
}

OptionValue cpus_value(std::string text) {
  OptionValue value;
  value.name = value.key = kName;
  value.summary = "processors that it may use";
  value.kind = Option::Kind::kWord;
  value.word = std::move(text);
  return value;
}

std::optional<std::string> cpus_of(const Parameters& parameters) {
  const OptionValue* const value = parameters.find(kName);
  if (value == nullptr || value->word == kAllCpus) return std::nullopt;
  return value->word;
}

Affinity::Affinity(const Parameters& parameters) {
  const auto text = cpus_of(parameters);
  if (!text) return;
  cpu_set_t before;
  const auto wanted = parse_cpus(*text);
  if (!wanted || ::sched_getaffinity(0, sizeof before, &before) != 0 ||
      ::sched_setaffinity(0, sizeof *wanted, &*wanted) != 0) {
    throw std::runtime_error("cannot run on the processors " + *text + ": " +
                             (wanted ? std::strerror(errno) : "not a list of processors"));
  }
  before_ = before;
}

Affinity::~Affinity() {
  if (before_) ::sched_setaffinity(0, sizeof *before_, &*before_);
}

}  // namespace writebench::engine
