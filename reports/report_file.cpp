#include "reports/report_file.hpp"

#include "reports/atomic_file.hpp"
#include "reports/output_place.hpp"

namespace writebench::reports {

ReportFile::ReportFile(const std::string& path) : path_(output_place(path, Replaceable::kReports)) {}

void ReportFile::save(std::string_view text, bool durable) const {
  replace_atomically(path_, text, {.durable = durable, .replace = true});
}

}  // namespace writebench::reports
