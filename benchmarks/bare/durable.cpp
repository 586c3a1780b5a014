// Loops for --durability line: each line is durable before the next one of its writer.
#include <fcntl.h>

#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "benchmarks/bare/loops.hpp"
#include "benchmarks/bare/threads.hpp"
#include "strategies/support/futex.hpp"

namespace writebench::bare {
namespace {

void sync_now(int descriptor) {
  if (::fdatasync(descriptor) != 0) std::abort();
}

// The first writer of a group writes and syncs what has gathered, for all who wait.
class GroupCommit final : public Strategy {
 public:
  void prepare(Job& job) override {
    const auto writers = static_cast<unsigned>(job.value(kWriters));
    threads_.start(writers, [this, &job, writers](unsigned writer) {
      CounterLines lines(job.content().lines(), writer, writers);
      lines.each([&](std::string_view line) { append(job, line); });
    });
  }

  void run(Job&) override { threads_.run(); }

 private:
  using Word = std::atomic<std::uint32_t>;

  void append(Job& job, std::string_view line) {
    std::unique_lock lock(mutex_);
    const bool is_first = gathering_.empty();
    gathering_ += line;
    const std::uint32_t group = group_;
    lock.unlock();
    if (!is_first) return wait_until(written_[group % 2], group + 1);

    wait_until(written_groups_, group);
    std::this_thread::yield();
    lock.lock();
    ++group_;
    std::swap(gathering_, writing_);
    lock.unlock();
    write(job.file().descriptor(), writing_);
    sync_now(job.file().descriptor());
    writing_.clear();
    written_groups_ = group + 1;
    written_[group % 2] = group + 1;
    strategies::futex_wake_all(written_[group % 2]);
    strategies::futex_wake_all(written_groups_);
  }

  static void wait_until(const Word& word, std::uint32_t least) {
    for (std::uint32_t now; (now = word) < least;) strategies::futex_wait(word, now);
  }

  std::mutex mutex_;
  std::string gathering_;
  std::string writing_;
  std::uint32_t group_ = 0;
  Word written_groups_ = 0;
  std::array<Word, 2> written_ = {0, 0};  // of even and odd groups
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
    lines.each([&](std::string_view line) { write(job.file().descriptor(), line); });
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
