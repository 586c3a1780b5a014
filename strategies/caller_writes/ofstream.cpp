// The C++ way: a std::ofstream and `out << line`. libstdc++ copies each line into a buffer of 8 KiB (BUFSIZ) and calls
// write(2) when that is full; a line of 1 KiB or more goes to the kernel at once, together with what is buffered
// (writev(2)). Each insertion makes a sentry and several virtual calls, so a line costs more than one fwrite(3).
//
// The stream is a real one that opens the path itself, because that is what programs do, and because a stream buffer of
// our own below it would not have the library's buffering. Its file descriptor is out of reach, so the kernel is asked
// how far it has come whenever a buffer's worth has been appended (LibraryFile). The library repeats interrupted writes
// and continues short ones; an error sets the stream's state, which is checked after each line.
//
// Memory is bounded by the library's buffer. Good at being at hand; every larger buffer beats it.
#include "strategies/support/ofstream_writer.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class Ofstream final : public Strategy {
 public:
  void prepare(Job& job) override { out_.open(job.file()); }

  void run(Job& job) override {
    const bool each_line = job.each_line_durable();
    for (const std::string_view line : job.lines()) {
      out_.append(line);
      if (each_line) out_.flush();
    }
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

Descriptor ofstream_entry() {
  return {
      .name = "ofstream",
      .family = "caller writes",
      .summary = "one caller, each line through a std::ofstream",
      .access = {.by_name = true},
      .effort = Effort::kLibraryCall,
      .simpler = {.strategy = "sync-buffered", .adds = "calls a C++ stream per line", .with = {{&kBufferSize, 8192}}},
      .may_lose_bytes = OfstreamWriter::may_hold_bytes,
      .make = make_strategy<Ofstream>};
}

}  // namespace writebench::strategies
