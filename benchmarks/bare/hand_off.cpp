#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <deque>
#include <latch>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "benchmarks/bare/loops.hpp"
#include "strategies/support/byte_ring.hpp"
#include "strategies/support/parking.hpp"
#include "strategies/support/processors.hpp"
#include "strategies/support/quick_lock.hpp"

namespace writebench::bare {
namespace {

using strategies::ByteRing;
using strategies::Parking;
using strategies::QuickLock;

/// A writer thread and, for more than one, producer threads that begin together. Without any error handling.
class Threads {
 public:
  ~Threads() {
    for (std::thread& thread : all_) thread.join();
  }

  template <class Write>
  void start_writer(std::uint64_t threads, Write write) {
    const cpu_set_t allowed = strategies::allowed_processors();
    const int processor = threads <= static_cast<std::uint64_t>(CPU_COUNT(&allowed)) ? ::sched_getcpu() : -1;
    all_.emplace_back([allowed, processor, write] {
      strategies::keep_off(processor, allowed);
      write();
    });
  }

  template <class Produce>
  void start_producers(unsigned writers, Produce produce) {
    produce_ = produce;
    if (writers == 1) return;
    arrived_.emplace(writers);
    for (unsigned writer = 0; writer < writers; ++writer) {
      producers_.emplace_back([this, writer] {
        arrived_->count_down();
        open_.wait(false);
        produce_(writer);
      });
    }
    arrived_->wait();
  }

  void produce() {
    if (producers_.empty()) return produce_(0);
    open_ = true;
    open_.notify_all();
    for (std::thread& thread : producers_) thread.join();
  }

 private:
  std::function<void(unsigned)> produce_;
  std::optional<std::latch> arrived_;
  std::atomic<bool> open_{false};
  std::vector<std::thread> all_, producers_;
};

struct Buffer {
  std::vector<char> bytes;
  std::size_t used = 0;

  bool fits(std::string_view line) const { return used + line.size() <= bytes.size(); }
  void append(std::string_view line) {
    copy_line(bytes.data() + used, line);
    used += line.size();
  }
  std::string_view take() { return {bytes.data(), std::exchange(used, 0)}; }
};

template <class Produce>
void for_each_line(const Job& job, unsigned writer, unsigned writers, Produce produce) {
  CounterLines lines(job.content().lines(), writer, writers);
  lines.each([&](std::string_view line) { produce(line); });
}

class DoubleBufferedThread final : public Strategy {
 public:
  ~DoubleBufferedThread() override {
    ends_ = true;
    full_.wake_all();
  }

  void prepare(Job& job) override {
    filling_.bytes.resize(job.value(kBufferSize));
    writing_.bytes.resize(job.value(kBufferSize));
    threads_.start_writer(2, [this, descriptor = job.file().descriptor()] {
      for (;;) {
        full_.wait_until([this] { return is_full_.load(std::memory_order_acquire) || ends_; });
        if (ends_) return;
        write(descriptor, writing_.take());
        is_full_.store(false, std::memory_order_release);
        written_.wake_all();
      }
    });
  }

  void run(Job& job) override {
    CounterLines lines(job.content().lines());
    while ((filling_.used = lines.fill(filling_.bytes)) > 0) hand_over();
    wait();
  }

 private:
  void wait() {
    written_.wait_until([this] { return !is_full_.load(std::memory_order_acquire); });
  }
  void hand_over() {
    wait();
    std::swap(filling_, writing_);
    is_full_.store(true, std::memory_order_release);
    full_.wake_all();
  }

  Buffer filling_, writing_;
  std::atomic<bool> is_full_{false}, ends_{false};
  Parking full_{2}, written_{2};
  Threads threads_;
};

class QueuePerLine final : public Strategy {
 public:
  ~QueuePerLine() override {
    const std::lock_guard lock(mutex_);
    ends_ = true;
    filled_.notify_all();
  }

  void prepare(Job& job) override {
    const std::uint64_t depth = job.value(kQueueDepth);
    const auto writers = static_cast<unsigned>(job.value(kWriters));
    stream_ = ::fdopen(::dup(job.file().descriptor()), "w");
    threads_.start_writer(UINT64_MAX, [this] {
      std::unique_lock lock(mutex_);
      for (;;) {
        filled_.wait(lock, [this] { return !lines_.empty() || ends_; });
        if (lines_.empty()) return;
        const std::string line = std::move(lines_.front());
        lines_.pop_front();
        lock.unlock();
        if (std::fwrite(line.data(), 1, line.size(), stream_) != line.size()) std::abort();
        lock.lock();
        --in_flight_;
        room_.notify_one();
        if (in_flight_ == 0) empty_.notify_all();
      }
    });
    threads_.start_producers(writers, [this, &job, depth, writers](unsigned writer) {
      for_each_line(job, writer, writers, [&](std::string_view line) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return in_flight_ < depth; });
        lines_.emplace_back(line);
        ++in_flight_;
        lock.unlock();
        filled_.notify_one();
      });
    });
  }

  void run(Job&) override {
    threads_.produce();
    std::unique_lock lock(mutex_);
    empty_.wait(lock, [this] { return in_flight_ == 0; });
    if (std::fclose(stream_) != 0) std::abort();
  }

 private:
  std::FILE* stream_ = nullptr;
  std::mutex mutex_;
  std::condition_variable filled_, room_, empty_;
  std::deque<std::string> lines_;
  std::uint64_t in_flight_ = 0;
  bool ends_ = false;
  Threads threads_;
};

class SwapQueue final : public Strategy {
 public:
  ~SwapQueue() override {
    ends_ = true;
    full_->wake_all();
  }

  void prepare(Job& job) override {
    const auto writers = static_cast<unsigned>(job.value(kWriters));
    filling_.bytes.resize(job.value(kBufferSize));
    writing_.bytes.resize(job.value(kBufferSize));
    lock_.emplace(writers + 1);
    full_.emplace(writers + 1);
    written_.emplace(writers + 1);
    threads_.start_writer(writers + 1, [this, descriptor = job.file().descriptor()] {
      for (;;) {
        full_->wait_until([this] { return is_full_.load(std::memory_order_acquire) || ends_; });
        if (ends_) return;
        write(descriptor, writing_.take());
        is_full_.store(false, std::memory_order_release);
        written_->wake_all();
      }
    });
    threads_.start_producers(writers, [this, &job, writers](unsigned writer) {
      for_each_line(job, writer, writers, [this](std::string_view line) {
        lock_->lock();
        while (!filling_.fits(line)) [[unlikely]] make_room();
        filling_.append(line);
        lock_->unlock();
      });
    });
  }

  void run(Job&) override {
    threads_.produce();
    wait();
    swap();
    wait();
  }

 private:
  void wait() {
    written_->wait_until([this] { return !is_full_.load(std::memory_order_acquire); });
  }
  [[gnu::noinline]] void make_room() {
    if (!is_full_.load(std::memory_order_acquire)) return swap();
    lock_->unlock();
    wait();
    lock_->lock();
  }
  void swap() {
    std::swap(filling_, writing_);
    is_full_.store(true, std::memory_order_release);
    full_->wake_all();
  }

  alignas(64) std::optional<QuickLock> lock_;  // what the producers store for each line
  Buffer filling_;
  alignas(64) Buffer writing_;  // what changes with each buffer
  std::atomic<bool> is_full_{false}, ends_{false};
  std::optional<Parking> full_, written_;
  Threads threads_;
};

class SpscRings final : public Strategy {
 public:
  static constexpr std::size_t kRingBytes = 1 << 20;

  ~SpscRings() override {
    ends_ = true;
    published_->wake_all();
  }

  void prepare(Job& job) override {
    const auto writers = static_cast<unsigned>(job.value(kWriters));
    const std::size_t enough = std::min<std::size_t>(job.value(kBufferSize), kRingBytes / 4);
    published_.emplace(writers + 1, Parking::Fence::kOfTheSleeper);
    for (unsigned i = 0; i < writers; ++i) lanes_.emplace_back(writers + 1);
    threads_.start_writer(writers + 1, [this, enough, descriptor = job.file().descriptor()] {
      for (;;) {
        published_->wait_until([this] { return has(1) || ends_; });
        if (ends_) return;
        published_->spin_until([this, enough] { return has(enough) || is_submitted_; });
        for (Lane& lane : lanes_) {
          const std::string_view lines = lane.ring.readable();
          if (lines.empty()) continue;
          write(descriptor, lines);
          lane.ring.release(lines);
          lane.released.wake_all();
        }
      }
    });
    threads_.start_producers(writers, [this, &job, writers](unsigned writer) {
      Lane& lane = lanes_[writer];
      ByteRing::Place place = lane.ring.start();
      for_each_line(job, writer, writers, [&](std::string_view line) {
        if (!place.has_room(line.size())) place = wait_for_room(lane, place, line.size());
        copy_line(place.bytes + place.at, line);
        lane.ring.publish(place, line.size());
        published_->wake_all();
      });
    });
  }

  void run(Job&) override {
    threads_.produce();
    is_submitted_ = true;
    for (Lane& lane : lanes_) lane.released.wait_until([&] { return lane.ring.empty(); });
  }

 private:
  struct Lane {
    explicit Lane(std::uint64_t threads) : released(threads) {}
    ByteRing ring{kRingBytes};
    Parking released;
  };

  [[gnu::noinline]] static ByteRing::Place wait_for_room(Lane& lane, ByteRing::Place place, std::size_t bytes) {
    lane.released.wait_until([&] { return (place = lane.ring.find_room(place, bytes)).has_room(bytes); });
    return place;
  }

  bool has(std::size_t bytes) const {
    return std::any_of(lanes_.begin(), lanes_.end(),
                       [&](const Lane& lane) { return lane.ring.readable().size() >= bytes; });
  }

  std::optional<Parking> published_;
  std::deque<Lane> lanes_;
  std::atomic<bool> ends_{false}, is_submitted_{false};
  Threads threads_;
};

class DeferredFormat final : public Strategy {
 public:
  ~DeferredFormat() override {
    ends_ = true;
    submitted_changed_.wake_all();
  }

  void prepare(Job& job) override {
    numbers_.resize(job.value(kQueueDepth));
    block_.resize(std::max<std::size_t>(job.value(kBufferSize), 4096));
    const std::uint64_t lines = job.content().lines();
    threads_.start_writer(2, [this, lines, descriptor = job.file().descriptor()] { write_lines(lines, descriptor); });
  }

  void run(Job& job) override {
    std::uint64_t number = 0;
    for_each_line(job, 0, 1, [&](std::string_view) {
      if (number - seen_ == numbers_.size()) {
        written_changed_.wait_until(
            [&] { return number - written_.load(std::memory_order_acquire) < numbers_.size(); });
        seen_ = written_.load(std::memory_order_acquire);
      }
      numbers_[slot_] = number++;
      if (++slot_ == numbers_.size()) slot_ = 0;
      submitted_.store(number, std::memory_order_release);
      submitted_changed_.wake_all();
    });
    is_submitted_ = true;
    written_changed_.wait_until([&] { return written_.load(std::memory_order_acquire) == number; });
  }

 private:
  void write_lines(std::uint64_t lines, int descriptor) {
    const engine::NumberedLines content(lines);
    std::array<std::uint32_t, 4096> lengths;
    std::uint64_t done = 0;
    const auto waiting = [&] { return submitted_.load(std::memory_order_acquire) - done; };
    for (;;) {
      submitted_changed_.wait_until([&] { return waiting() > 0 || ends_; });
      if (ends_) return;
      submitted_changed_.spin_until([&] { return waiting() >= (numbers_.size() + 1) / 2 || is_submitted_; });
      for (const std::uint64_t end = done + waiting(); done < end;) {
        std::span<char> room(block_);
        while (done < end) {
          const std::size_t slot = done % numbers_.size();
          const std::size_t most = std::min<std::size_t>(end - done, numbers_.size() - slot);
          std::size_t count = 1;
          while (count < most && numbers_[slot + count] == numbers_[slot] + count) ++count;
          const std::size_t rendered = content.render({numbers_[slot], 1, count}, room, lengths);
          if (rendered == 0) break;
          for (std::size_t i = 0; i < rendered; ++i) room = room.subspan(lengths[i]);
          done += rendered;
        }
        write(descriptor, {block_.data(), block_.size() - room.size()});
        written_.store(done, std::memory_order_release);
        written_changed_.wake_all();
      }
    }
  }

  std::vector<std::uint64_t> numbers_;
  std::vector<char> block_;
  std::size_t slot_ = 0;
  std::uint64_t seen_ = 0;
  alignas(64) std::atomic<std::uint64_t> submitted_{0};
  alignas(64) std::atomic<std::uint64_t> written_{0};
  std::atomic<bool> ends_{false}, is_submitted_{false};
  Parking submitted_changed_{2, Parking::Fence::kOfTheSleeper}, written_changed_{2};
  Threads threads_;
};

}  // namespace

std::vector<Descriptor> hand_off_loops() {
  return {
      entry("double-buffered-thread", make_strategy<DoubleBufferedThread>),
      entry("queue-per-line", make_strategy<QueuePerLine>),
      entry("swap-queue", make_strategy<SwapQueue>),
      entry("spsc-rings", make_strategy<SpscRings>),
      entry("deferred-format", make_strategy<DeferredFormat>),
  };
}

}  // namespace writebench::bare
