// W writers, each a thread, share a block and its syncs. With --durability line, a writer puts its line into the block
// and waits. The first line of a block makes its writer the leader: as soon as no other block is being written, it
// takes the block with all lines that have gathered, writes and syncs them, and so makes them durable for all who wait.
// Meanwhile the next lines gather in a second block. An append returns only after a sync that began after its line was
// written. Whoever has synced wakes those whose lines are durable before it wakes the next leader, and a leader yields
// its processor once before it takes the block: some of them append again in time for the next sync.
//
// With the option `wait`, a leader waits up to that long for one more line from each writer that the last sync
// released: they are about to append again. The writer that brings the last of them writes the block, so nobody has to
// be woken for it, and nobody yields. A single writer never waits.
//
// If not every line is to be durable by itself, no append waits for a write unless both blocks are full: the writer
// that finds the block full writes it, and the others go on in the second one.
//
// Memory is two blocks; a line that does not fit waits until the block is taken. Each writer's lines stay in order. The
// first error is kept, and every later append throws it. Good: as many lines as writers wait share a sync, so the lines
// per second grow with the writers. Bad: a single writer gains nothing, and each line takes a lock. The logs of
// PostgreSQL (commit_delay), InnoDB, MySQL's binary log (binlog_group_commit_sync_delay) and RocksDB commit so.
#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "strategies/support/futex.hpp"
#include "strategies/support/producer_threads.hpp"
#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

constexpr Option kWait{.name = "wait",
                       .key = "group_wait_ns",
                       .summary = "how long a leader waits for others",
                       .kind = Option::Kind::kNanoseconds,
                       .usual = 0,
                       .min = 0,
                       .max = 1'000'000'000};

// Groups of lines, which are written one after the other, each with one write. Any number of threads may use it. A
// group is led by one of them: the first that added a line to it, the last that it waits for, or one that finds the
// block full.
class Groups {
 public:
  Groups(File& file, std::uint64_t block_bytes, std::chrono::nanoseconds wait)
      : file_(file), wait_(wait), gathering_(block_bytes), writing_(block_bytes) {}

  /// Adds a line, which a later call writes.
  void add(std::string_view line) {
    Lock lock(mutex_);
    gather(line, lock);
  }

  /// Adds a line, and returns once its group is written, and durable as the job asks.
  void add_and_wait(std::string_view line) {
    Lock lock(mutex_);
    gather(line, lock);
    const std::uint32_t group = group_;
    const bool is_first = gathered_lines_ == 1;
    if (waits() && !awaits_others() && may_write(group)) return lead(lock);
    lock.unlock();
    if (is_first && leads_when_it_may(group, lock)) return lead(lock);
    await(written_[group % 2], group + 1);
    throw_error_of(group);
  }

  /// Writes what was added and not yet written. No other thread may add lines any more.
  void flush() {
    Lock lock(mutex_);
    lead(lock);
  }

 private:
  using Lock = std::unique_lock<std::mutex>;
  using Word = std::atomic<std::uint32_t>;

  static bool has_come(std::uint32_t now, std::uint32_t awaited) {  // numbers of groups may wrap around
    return static_cast<std::int32_t>(now - awaited) >= 0;
  }

  static void await(const Word& word, std::uint32_t awaited) {
    for (std::uint32_t now; !has_come(now = word, awaited);) futex_wait(word, now);
  }

  // Whether all groups before it are written.
  bool may_write(std::uint32_t group) const { return written_groups_ == group; }

  bool waits() const { return wait_.count() > 0; }

  // Whether some of the writers that the last sync released have not appended again.
  bool awaits_others() const { return gathered_lines_ < awaited_lines_; }

  void gather(std::string_view line, Lock& lock) {
    while (!failed_ && !gathering_.empty() && !gathering_.fits(line)) {
      if (may_write(group_)) {
        lead(lock);
      } else {
        const std::uint32_t group = group_;
        lock.unlock();
        await(written_groups_, group);
      }
      lock.lock();
    }
    if (failed_) std::rethrow_exception(error_);
    gathering_.append(line);
    ++gathered_lines_;
  }

  // Waits until all groups before this one are written, and then for the other lines. Returns false if another thread
  // leads the group by then, else true, with the lock.
  bool leads_when_it_may(std::uint32_t group, Lock& lock) {
    await(written_groups_, group);
    if (!waits()) std::this_thread::yield();  // to writers that are about to append
    lock.lock();
    if (group_ == group && waits() && awaits_others()) {
      const Word& written = written_[group % 2];
      const std::uint32_t now = written;
      lock.unlock();
      if (!has_come(now, group + 1)) futex_wait_for(written, now, wait_);
      lock.lock();
    }
    if (group_ == group) return true;
    lock.unlock();
    return false;
  }

  // Writes the group that gathers, if it may be written. Gives up the lock. Throws if it cannot be written.
  void lead(Lock& lock) {
    const std::uint32_t group = group_++;
    std::swap(gathering_, writing_);
    const std::uint64_t lines = std::exchange(gathered_lines_, 0);
    lock.unlock();
    const std::string_view bytes = writing_.take();
    std::exception_ptr error;
    try {
      if (!failed_) file_.write_all(bytes);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error) {
      error_ = error;
      failed_group_ = group;
      failed_ = true;
    }
    awaited_lines_ = gathered_lines_ + lines;
    lock.unlock();
    written_groups_ = group + 1;  // a writer that is woken now may lead the next group
    written_[group % 2] = group + 1;
    futex_wake_all(written_[group % 2]);
    futex_wake_all(written_groups_);
    throw_error_of(group);
  }

  void throw_error_of(std::uint32_t group) const {
    if (failed_ && has_come(group, failed_group_)) std::rethrow_exception(error_);
  }

  File& file_;
  const std::chrono::nanoseconds wait_;
  Word written_groups_ = 0;               // so many groups are written; the leader of the next one waits for it
  std::array<Word, 2> written_ = {0, 0};  // the same for the groups of even and odd numbers, whose writers wait for it
  std::atomic<bool> failed_ = false;      // set after the two that follow
  std::exception_ptr error_;              // the first
  std::uint32_t failed_group_ = 0;
  std::mutex mutex_;  // guards what follows, but for the block that the leader writes
  Block gathering_;
  Block writing_;
  std::uint32_t group_ = 0;           // the one that gathers
  std::uint64_t gathered_lines_ = 0;  // of that group
  std::uint64_t awaited_lines_ = 1;   // once every released writer has brought another line, it has so many
};

class GroupCommit final : public Strategy {
 public:
  void prepare(Job& job) override {
    groups_.emplace(job.file(), job.value(kBufferSize), std::chrono::nanoseconds(job.value(kWait)));
    producers_.start(job, static_cast<unsigned>(job.value(kWriters)), [this, &job](unsigned writer) {
      const bool each_line = job.each_line_durable();
      for (const std::string_view line : job.lines(writer)) {
        if (each_line) {
          groups_->add_and_wait(line);
        } else {
          groups_->add(line);
        }
      }
    });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
    groups_->flush();
  }

 private:
  std::optional<Groups> groups_;
  ProducerThreads producers_;
};

}  // namespace

Descriptor group_commit_entry() {
  return {.name = "group-commit",
          .family = "when durable",
          .summary = "writers gather lines in a block; one of them writes and syncs for all",
          .contract = {.order = Order::kPerWriter},
          .effort = Effort::kLock,
          .options = {&kWriters, &kBufferSize, &kWait},
          .simpler = {.strategy = "sync-buffered",
                      .adds = "shares block and sync",
                      .starting_with = {{&kWriters, 1}, {&kWait, 0}},
                      .growing = {{&kWriters, "has # writers"}, {&kWait, "waits for others"}}},
          .may_lose_bytes = [](const LossConditions& given) { return 2 * given.block_bytes(); },
          .make = make_strategy<GroupCommit>};
}

}  // namespace writebench::strategies
