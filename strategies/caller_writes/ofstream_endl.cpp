// The classic mistake of C++: `out << text << std::endl`. std::endl is a newline and a flush, so every line costs a
// system call. It differs from ofstream, where the newline is a part of the line, in that alone.
//
// Memory is bounded by the library's buffer, which never holds more than one line. Good at losing nothing when the
// process dies, bad at everything else; most programs that do it only wanted the newline.
#include "strategies/support/ofstream_writer.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class OfstreamEndl final : public Strategy {
 public:
  void prepare(Job& job) override { out_.open(job.file()); }

  void run(Job& job) override {
    for (const std::string_view line : job.lines()) out_.append_with_endl(line);
    job.submitted();
    out_.flush();
  }

  void close(Job& job) override {
    out_.close();
    Strategy::close(job);
  }

 private:
  OfstreamWriter out_;
};

}  // namespace

Descriptor ofstream_endl_entry() {
  return {.name = "ofstream-endl",
          .family = "caller writes",
          .summary = "one caller, each line ends with std::endl, which flushes",
          .access = {.by_name = true},
          .effort = Effort::kLibraryCall,
          .simpler = {.strategy = "ofstream", .adds = "flushes after each line"},
          .may_lose_bytes = [](const LossConditions&) { return std::uint64_t{0}; },
          .make = make_strategy<OfstreamEndl>};
}

}  // namespace writebench::strategies
