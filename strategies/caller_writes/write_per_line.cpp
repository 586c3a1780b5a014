// One caller, one write(2) per line, no buffer anywhere in the program: each line is with the kernel before the next is
// asked for, so no line is lost if the program dies. The price is one system call per line.
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class WritePerLine final : public Strategy {
 public:
  void run(Job& job) override {
    for (const std::string_view line : job.lines()) job.file().write_all(line);
    job.submitted();
  }
};

}  // namespace

Descriptor write_per_line_entry() {
  return {.name = "write-per-line",
          .family = "caller writes",
          .summary = "one caller, one write(2) per line",
          .effort = Effort::kLibraryCall,
          .simpler = {.strategy = "null", .adds = "writes each line by itself"},
          .may_lose_bytes = [](const LossConditions&) { return std::uint64_t{0}; },
          .make = make_strategy<WritePerLine>};
}

}  // namespace writebench::strategies
