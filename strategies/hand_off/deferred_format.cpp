// The caller hands over what a line is made of, here its number, and a writer thread makes the text. The numbers go
// through a ring of --queue-depth entries without a lock; the writer formats as many lines as fit into its block of
// --buffer-size and writes them. A line is in flight until it is written; a caller that is --queue-depth lines ahead
// waits, and nothing is dropped. There is one caller, so all lines are in order.
//
// What is moved off the caller is the copying of the text, as in any hand-off, and its formatting. What is not: it
// walks its lines, for which the harness renders them too, and nobody reads that text; `null` shows what that takes. So
// the caller's time here is what it would be if formatting were free, plus `null`.
//
// Good if formatting is expensive and another processor is idle. Bad if the writer cannot keep up with the formatting,
// and wherever the arguments are larger than the text or do not live long enough. NanoLog, quill and fmtlog do it so.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "strategies/support/parking.hpp"
#include "strategies/support/writer_thread.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class DeferredFormat final : public Strategy {
 public:
  void prepare(Job& job) override {
    const Content& content = job.content();
    numbers_.resize(std::min(job.value(kQueueDepth), std::max<std::uint64_t>(content.lines(), 1)));
    block_.resize(std::max<std::size_t>(job.value(kBufferSize), content.longest_line_bytes()) + Content::kSlackBytes);
    each_line_ = job.each_line_durable();
    writer_.start_beside(
        2, [this, &job] { write_lines(job.content(), job.file()); },
        [this] {
          submitted_changed_.wake_all();
          written_changed_.wake_all();
        });
  }

  void run(Job& job) override {
    std::uint64_t number = 0;
    for ([[maybe_unused]] const std::string_view line : job.lines()) append(number++);
    job.submitted();
    is_submitted_.store(true, std::memory_order_release);
    wait_until([&] { return written() == number; });
  }

 private:
  void append(std::uint64_t number) {
    const std::uint64_t submitted = submitted_.load(std::memory_order_relaxed);
    if (submitted - written_seen_ == numbers_.size()) [[unlikely]] {
      wait_until([&] { return submitted - written() < numbers_.size(); });
      written_seen_ = written();
    }
    numbers_[slot_] = number;
    if (++slot_ == numbers_.size()) slot_ = 0;
    submitted_.store(submitted + 1, std::memory_order_release);
    submitted_changed_.wake_all();
    if (each_line_) wait_until([&] { return written() > submitted; });
  }

  std::uint64_t written() const { return written_.load(std::memory_order_acquire); }

  template <class Ready>
  [[gnu::noinline]] void wait_until(Ready ready) {
    written_changed_.wait_until([&] { return ready() || writer_.failed(); });
    writer_.rethrow_if_failed();
  }

  void write_lines(const Content& content, File& file) {
    const std::uint64_t enough = each_line_ ? 1 : (numbers_.size() + 1) / 2;
    std::uint64_t written = 0;
    const auto waiting = [&] { return submitted_.load(std::memory_order_acquire) - written; };
    for (;;) {
      submitted_changed_.wait_until([&] { return waiting() > 0 || writer_.ends(); });
      if (writer_.ends()) return;
      submitted_changed_.spin_until(
          [&] { return waiting() >= enough || is_submitted_.load(std::memory_order_acquire); });
      const std::uint64_t end = written + waiting();
      while (written < end) {
        written += write_block(content, file, written, end);
        written_.store(written, std::memory_order_release);
        written_changed_.wake_all();
      }
    }
  }

  // Formats the lines whose numbers are in the ring between these two positions, as many as fit into the block, and
  // writes them. Returns how many these were.
  std::uint64_t write_block(const Content& content, File& file, std::uint64_t from, std::uint64_t to) {
    std::span<char> room(block_);
    std::uint64_t at = from;
    while (at < to) {
      const std::size_t lines = content.render(consecutive(at, to), room, lengths_);
      if (lines == 0) break;
      for (std::size_t i = 0; i < lines; ++i) room = room.subspan(lengths_[i]);
      at += lines;
    }
    file.write_all({block_.data(), block_.size() - room.size()});
    return at - from;
  }

  // The longest run of numbers in the ring that follow one another.
  LineRange consecutive(std::uint64_t from, std::uint64_t to) const {
    const std::size_t slot = static_cast<std::size_t>(from % numbers_.size());
    const std::size_t most = static_cast<std::size_t>(std::min<std::uint64_t>(to - from, numbers_.size() - slot));
    std::size_t count = 1;
    while (count < most && numbers_[slot + count] == numbers_[slot] + count) ++count;
    return {numbers_[slot], 1, count};
  }

  std::vector<std::uint64_t> numbers_;
  std::vector<char> block_;
  std::array<std::uint32_t, 4096> lengths_;  // the line lengths of one render() call
  bool each_line_ = false;
  std::size_t slot_ = 0;            // where the next number goes
  std::uint64_t written_seen_ = 0;  // so many are written, as far as the caller knows
  alignas(64) std::atomic<std::uint64_t> submitted_{0};
  alignas(64) std::atomic<std::uint64_t> written_{0};
  std::atomic<bool> is_submitted_{false};  // no more lines will come
  Parking submitted_changed_{2, Parking::Fence::kOfTheSleeper};
  Parking written_changed_{2};
  WriterThread writer_;
};

}  // namespace

Descriptor deferred_format_entry() {
  return {
      .name = "deferred-format",
      .family = "hand-off",
      .summary = "the caller hands over numbers, a thread formats and writes",
      .effort = Effort::kSeveralThreads,
      .options = {&kBufferSize, &kQueueDepth},
      .simpler = {.strategy = "spsc-rings", .adds = "formats on the thread", .with = {{&kWriters, 1}}},
      .may_lose_bytes =
          [](const LossConditions& given) { return given.parameters.value(kQueueDepth) * given.longest_line_bytes; },
      .make = make_strategy<DeferredFormat>};
}

}  // namespace writebench::strategies
