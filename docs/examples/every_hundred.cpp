// A strategy of one's own: passes its lines on in groups of a hundred.
#include <writebench/block.hpp>
#include <writebench/strategy.hpp>

using namespace writebench;

class EveryHundred final : public Strategy {
 public:
  void prepare(Job& job) override { block_ = Block(job.value(kBufferSize)); }

  void run(Job& job) override {
    int lines = 0;
    for (const std::string_view line : job.lines()) {
      if (!block_.fits(line)) job.file().write_all(block_.take());
      block_.append(line);
      if (++lines % 100 == 0 || job.each_line_durable()) job.file().write_all(block_.take());
    }
    job.submitted();
    job.file().write_all(block_.take());
  }

 private:
  Block block_;
};

Descriptor every_hundred_entry() {
  return {.name = "every-hundred",
          .family = "caller writes",
          .summary = "one caller, a write for every hundred lines",
          .options = {&kBufferSize},
          .make = make_strategy<EveryHundred>};
}
