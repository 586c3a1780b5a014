// Reads a report and prints it as it would be written again, for the tests to compare.
#include <cstdio>

#include "reports/json.hpp"
#include "reports/read/read.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    std::fputs(writebench::reports::to_json(writebench::reports::read_report(argv[1])).c_str(), stdout);
    return 0;
  } catch (const writebench::reports::BadReport& refusal) {
    std::fprintf(stderr, "%s\n", refusal.what());
    return 1;
  }
}
