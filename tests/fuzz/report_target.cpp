#include "reports/read/read.hpp"
#include "tests/fuzz/shown_report.hpp"
#include "tests/fuzz/targets.hpp"

namespace writebench::fuzz {

// A report as text, and whatever is done with one that is accepted.
void report(std::string_view bytes) {
  try {
    show_in_every_form(reports::parse_report(std::string(bytes), "report"));
  } catch (const reports::BadReport& error) {
    require(*error.what() != 0, "a refusal says nothing");
  }
}

}  // namespace writebench::fuzz
