// Walks the lines and copies each into a block, as sync-buffered does, but throws a full block away instead of writing
// it. What sync-buffered takes beyond this is the writing; what this takes beyond null is the copying.
#include <utility>

#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class CopyLines final : public Strategy {
 public:
  void prepare(Job& job) override { block_ = Block(job.value(kBufferSize)); }

  void run(Job& job) override {
    Block block = std::move(block_);  // a local object, so that its state can stay in registers
    for (const std::string_view line : job.lines()) {
      if (!block.fits(line)) drop(block);
      block.append(line);
    }
    drop(block);
    job.submitted();
  }

 private:
  // Pretends to read the bytes, or the compiler would remove the copying.
  static void drop(Block& block) {
    const std::string_view bytes = block.take();
    asm volatile("" : : "r"(bytes.data()), "r"(bytes.size()) : "memory");
  }

  Block block_;
};

}  // namespace

Descriptor copy_lines_entry() {
  return {.name = "copy-lines",
          .family = "rung",
          .summary = "copies the lines into a block and writes nothing",
          .role = Role::kRung,
          .contract = {.order = Order::kNothing},
          .options = {&kBufferSize},
          .simpler = {.strategy = "null", .adds = "copies each into a block"},
          .make = make_strategy<CopyLines>};
}

}  // namespace writebench::strategies
