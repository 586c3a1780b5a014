// For tests in Python, what reads a report:
//   writebench_reread                       prints a report that has something of everything
//   writebench_reread REPORT                prints it as it would be written again, or why it is refused
//   writebench_reread --refusals REPORT...  prints for each one line, why it is refused, or an empty one
#include <cstdio>
#include <string>
#include <string_view>

#include "reports/json.hpp"
#include "reports/read/read.hpp"
#include "tests/reports/full_report.hpp"

namespace {

using namespace writebench;

std::string refusal_of(const char* path) {
  try {
    reports::read_report(path);
    return "";
  } catch (const reports::BadReport& refusal) {
    return refusal.what();
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) {
    std::fputs(reports::to_json(tests::full_report()).c_str(), stdout);
    return 0;
  }
  if (argv[1] == std::string_view("--refusals")) {
    for (int i = 2; i < argc; ++i) std::puts(refusal_of(argv[i]).c_str());
    return 0;
  }
  try {
    std::fputs(reports::to_json(reports::read_report(argv[1])).c_str(), stdout);
    return 0;
  } catch (const reports::BadReport& refusal) {
    std::fprintf(stderr, "%s\n", refusal.what());
    return 1;
  }
}
