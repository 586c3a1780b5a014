// What programs really do that share a log: each opens it with O_APPEND and makes one write(2) per line, and the kernel
// puts every write behind the last one, whoever made the others. No lock and no word between the processes is needed,
// as long as a line is written whole; a short count is an error here (File::append_whole). The workers of Apache write
// their access log so, and shell scripts with >>.
//
// With --processes P, the lines are shared out among P processes, forked beforehand, which inherit the descriptor as
// the workers of a server do. With one process, the caller writes itself. Each process's lines stay in order. Each line
// is with the kernel before the next is asked for, so no process loses a line if it dies. Nothing is buffered, so
// memory is bounded by the longest line of each process. Processes do not help each other: the kernel holds the lock of
// the inode over each write, so they take turns, and wake each other.
#include <unistd.h>

#include <cerrno>

#include "strategies/support/producer_processes.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class AppendPerLine final : public Strategy {
 public:
  void prepare(Job& job) override {
    if (job.writers() == 1) return;
    processes_.start(job, job.writers(), [&job](unsigned process) {
      append(job, process);
      if (::close(job.file().descriptor()) != 0 && errno != EINTR) throw IoError("close", job.path(), errno);
    });
  }

  void run(Job& job) override {
    if (job.writers() == 1) {
      append(job, 0);
    } else {
      processes_.run();
    }
    job.submitted();
  }

 private:
  static void append(Job& job, unsigned process) {
    for (const std::string_view line : job.lines(process)) job.file().append_whole(line);
  }

  ProducerProcesses processes_;
};

}  // namespace

Descriptor append_per_line_entry() {
  return {.name = "append-per-line",
          .family = "caller writes",
          .summary = "processes append to one file with O_APPEND, one write(2) per line",
          .contract = {.order = Order::kPerWriter},
          .access = {.append = true},
          .effort = Effort::kLibraryCall,
          .options = {&kProcesses},
          .simpler = {.strategy = "write-per-line",
                      .adds = "appends (O_APPEND)",
                      .starting_with = {{&kProcesses, 1}},
                      .growing = {{&kProcesses, "has # processes at once"}}},
          .may_lose_bytes = [](const LossConditions&) { return std::uint64_t{0}; },
          .make = make_strategy<AppendPerLine>};
}

}  // namespace writebench::strategies
