#include "reports/advice.hpp"

namespace writebench::reports {

std::string_view to_string(Goal goal) {
  switch (goal) {
    case Goal::kCpu: return "cpu";
    case Goal::kStall: return "stall";
    case Goal::kSpeed: return "speed";
  }
  return "";
}

std::string_view to_string(Hurdle hurdle) {
  switch (hurdle) {
    case Hurdle::kSeveralWriters: return "writers";
    case Hurdle::kOrder: return "order";
    case Hurdle::kFilePerWriter: return "file-per-writer";
    case Hurdle::kPlaces: return "places";
    case Hurdle::kDurability: return "durability";
    case Hurdle::kMaxLoss: return "max-loss";
    case Hurdle::kLinesPerSecond: return "lines-per-second";
    case Hurdle::kMaxStall: return "max-stall";
    case Hurdle::kMaxMemory: return "max-memory";
    case Hurdle::kUnavailable: return "unavailable";
    case Hurdle::kFailed: return "failed";
    case Hurdle::kCost: return "cost";
  }
  return "";
}

}  // namespace writebench::reports
