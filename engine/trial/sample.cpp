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

std::int64_t Sample::last_sync_ns() const {
  return time_ns() && durable_ns && drained_ns ? *durable_ns - *drained_ns : 0;
}

}  // namespace writebench::engine
