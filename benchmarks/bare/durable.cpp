// Loops for --durability line: each line is durable before the next one of its writer.
#include <fcntl.h>

#include <array>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string>
#include <utility>

#include "benchmarks/bare/loops.hpp"
#include "benchmarks/bare/threads.hpp"

namespace writebench::bare {
namespace {

void sync_now(int descriptor) {
  if (::fdatasync(descriptor) != 0) std::abort();
}

// A leader writes and syncs what has gathered, for all who wait.
class GroupCommit final : public Strategy {
 public:
  void prepare(Job& job) override {
    const auto writers = static_cast<unsigned>(job.value(kWriters));
    threads_.start(writers, [this, &job, writers](unsigned writer) {
      CounterLines lines(job.content().lines(), writer, writers);
      for (std::string_view line = lines.next(); !line.empty(); line = lines.next()) append(job, line);
    });
  }

  void run(Job&) override { threads_.run(); }

 private:
  void append(Job& job, std::string_view line) {
    std::unique_lock lock(mutex_);
    gathering_ += line;
    const std::uint64_t group = group_;
    while (written_ <= group) {
      if (leading_) {
        changed_[group % 2].wait(lock);
        continue;
      }
      leading_ = true;
      std::swap(gathering_, writing_);
      const std::uint64_t own = group_++;
      lock.unlock();
      write(job.file().descriptor(), writing_);
      sync_now(job.file().descriptor());
      writing_.clear();
      lock.lock();
      leading_ = false;
      written_ = own + 1;
      changed_[own % 2].notify_all();
      changed_[(own + 1) % 2].notify_one();
    }
  }

  std::mutex mutex_;
  std::array<std::condition_variable, 2> changed_;
  std::string gathering_;
  std::string writing_;
  std::uint64_t group_ = 0;
  std::uint64_t written_ = 0;
  bool leading_ = false;
  Threads threads_;
};

class PreallocatedDsync final : public Strategy {
 public:
  void prepare(Job& job) override {
    const std::string zeros(static_cast<std::size_t>(job.bytes()), '\0');
    write(job.file().descriptor(), zeros);
    if (::fsync(job.file().descriptor()) != 0 || ::lseek(job.file().descriptor(), 0, SEEK_SET) != 0) std::abort();
  }

  void run(Job& job) override {
    CounterLines lines(job.content().lines());
    for (std::string_view line = lines.next(); !line.empty(); line = lines.next()) write(job.file().descriptor(), line);
  }
};

Descriptor each_line(Descriptor loop) {
  loop.contract.each_line_durable = true;
  return loop;
}

}  // namespace

std::vector<Descriptor> durable_loops() {
  return {
      each_line(entry("group-commit", make_strategy<GroupCommit>)),
      each_line(entry("preallocated-dsync", make_strategy<PreallocatedDsync>)),
  };
}

}  // namespace writebench::bare
