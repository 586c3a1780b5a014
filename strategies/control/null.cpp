// Walks the lines as every strategy does and writes nothing, so its time is the cost of the harness.
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class Null final : public Strategy {
 public:
  void run(Job& job) override {
    for (const std::string_view line : job.lines()) {
      // Pretends to use the view, or the compiler would remove the walk.
      asm volatile("" : : "r"(line.data()), "r"(line.size()));
    }
    job.submitted();
  }
};

}  // namespace

Descriptor null_entry() {
  return {.name = "null",
          .family = "control",
          .summary = "walks the lines and writes nothing: the harness's own cost",
          .role = Role::kControl,
          .contract = {.order = Order::kNothing},
          .make = make_strategy<Null>};
}

}  // namespace writebench::strategies
