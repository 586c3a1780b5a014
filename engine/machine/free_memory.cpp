#include "engine/machine/free_memory.hpp"

#include <fstream>

namespace writebench::engine {

bool host_takes_free_memory(const std::filesystem::path& root) {
  // The order of the smallest block that is reported. The kernel sets it when a balloon driver begins to report; until
  // then it is -1, or above the largest order that there is (before Linux 6.2).
  constexpr long kLargestOrder = 10;
  std::ifstream file(root / "sys/module/page_reporting/parameters/page_reporting_order");
  long order = -1;
  return file >> order && order >= 0 && order <= kLargestOrder;
}

}  // namespace writebench::engine
