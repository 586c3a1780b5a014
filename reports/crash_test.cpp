#include "reports/crash_test.hpp"

namespace writebench::reports {

std::string_view to_string(Death death) {
  switch (death) {
    case Death::kProcess: return "process";
    case Death::kMachine: return "machine";
  }
  return "";
}

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::kDrainedLost: return "drained-lost";
    case Fault::kDurableLost: return "durable-lost";
    case Fault::kWrong: return "wrong";
    case Fault::kDoubled: return "doubled";
    case Fault::kReordered: return "reordered";
    case Fault::kOverBound: return "over-bound";
  }
  return "";
}

}  // namespace writebench::reports
