#include "cli/commands/reporter.hpp"

#include <stdexcept>

#include "engine/process/signals.hpp"
#include "reports/json.hpp"

namespace writebench::cli {

void Reporter::save() const {
  if (!store_ || report_.cells.empty()) return;
  const engine::SavingResults saving;
  try {
    store_->save(reports::to_json(report_), false);
  } catch (const std::runtime_error&) {
  }
}

}  // namespace writebench::cli
