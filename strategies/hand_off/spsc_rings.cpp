// A ring of bytes for each producer, without a lock: the producer copies its line into the ring and publishes it with
// one store; one writer thread takes from each ring in turn whatever whole lines are in it and writes them at once,
// from where they are. The producer wakes the writer only if that sleeps, and waits only if its ring is full; nothing
// is dropped. Memory is a ring of ring-size for each producer; a line longer than half a ring that finds no room is
// passed by reference, and its producer waits until it is written. The lines of one producer stay in order. The writer
// waits some microseconds for a ring to have --buffer-size bytes, or to be a quarter full, and then takes what there
// is: so writes are large under load, the producer has room meanwhile, and no line waits long. Best for callers that
// must never be held: an append is a copy and a store, whatever the file does, until a ring is full. The price is a
// processor for the writer, and memory for each producer. quill and fmtlog have such a ring for each thread (fmtlog
// drops lines if it is full).
#include <algorithm>
#include <atomic>
#include <deque>
#include <optional>
#include <string_view>

#include "strategies/support/byte_ring.hpp"
#include "strategies/support/parking.hpp"
#include "strategies/support/producer_threads.hpp"
#include "strategies/support/writer_thread.hpp"
#include "writebench/copy_line.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

constexpr Option kRingSize{.name = "ring-size",
                           .key = "ring_bytes",
                           .summary = "size of each producer's ring",
                           .kind = Option::Kind::kBytes,
                           .usual = 1 << 20,
                           .max = 1ull << 40};

class SpscRings final : public Strategy {
 public:
  void prepare(Job& job) override {
    const auto writers = static_cast<unsigned>(job.value(kWriters));
    const std::uint64_t threads = writers + std::uint64_t{1};
    each_line_ = job.each_line_durable();
    enough_bytes_ = each_line_ ? 1 : std::min(job.value(kBufferSize), job.value(kRingSize) / 4);
    published_.emplace(threads, Parking::Fence::kOfTheSleeper);
    for (unsigned i = 0; i < writers; ++i) lanes_.emplace_back(job.value(kRingSize), threads);
    writer_.start_beside(
        threads, [this, &file = job.file()] { write_rings(file); }, [this] { wake_everybody(); });
    producers_.start(job, writers, [this, &job](unsigned writer) { produce(lanes_[writer], job.lines(writer)); });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
    is_submitted_.store(true, std::memory_order_release);
    for (Lane& lane : lanes_) wait(lane, [&] { return lane.ring.empty(); });
  }

 private:
  // What one producer and the writer share.
  struct Lane {
    Lane(std::size_t ring_bytes, std::uint64_t threads) : ring(ring_bytes), released(threads) {}

    ByteRing ring;
    Parking released;  // the producer waits here
  };

  void produce(Lane& lane, Lines lines) {
    ByteRing::Place place = lane.ring.start();
    const bool each_line = each_line_;
    for (const std::string_view line : lines) {
      if (!place.has_room(line.size())) [[unlikely]] {
        if (!lane.ring.takes(line.size())) {
          pass(lane, line);
          continue;
        }
        place = wait_for_room(lane, place, line.size());
      }
      copy_line(place.bytes + place.at, line);
      lane.ring.publish(place, line.size());
      published_->wake_all();
      if (each_line) wait(lane, [&lane] { return lane.ring.empty(); });
    }
  }

  // By value: the producer's own place can stay in registers.
  [[gnu::noinline]] ByteRing::Place wait_for_room(Lane& lane, ByteRing::Place place, std::size_t bytes) {
    wait(lane, [&] {
      place = lane.ring.find_room(place, bytes);
      return place.has_room(bytes);
    });
    return place;
  }

  void pass(Lane& lane, std::string_view line) {
    wait(lane, [&] { return lane.ring.empty(); });
    lane.ring.pass(line);
    published_->wake_all();
    wait(lane, [&] { return lane.ring.empty(); });
  }

  template <class Ready>
  [[gnu::noinline]] void wait(Lane& lane, Ready ready) {
    lane.released.wait_until([&] { return ready() || writer_.failed(); });
    writer_.rethrow_if_failed();
  }

  void write_rings(File& file) {
    for (;;) {
      published_->wait_until([this] { return has(1) || writer_.ends(); });
      if (writer_.ends()) return;
      published_->spin_until([this] { return has(enough_bytes_) || is_submitted_.load(std::memory_order_acquire); });
      for (Lane& lane : lanes_) {
        const std::string_view lines = lane.ring.readable();
        if (lines.empty()) continue;
        file.write_all(lines);
        lane.ring.release(lines);
        lane.released.wake_all();
      }
    }
  }

  // Whether some ring has so many bytes.
  bool has(std::size_t bytes) const {
    return std::any_of(lanes_.begin(), lanes_.end(),
                       [&](const Lane& lane) { return lane.ring.readable().size() >= bytes; });
  }

  void wake_everybody() {
    published_->wake_all();
    for (Lane& lane : lanes_) lane.released.wake_all();
  }

  bool each_line_ = false;
  std::size_t enough_bytes_ = 0;
  std::optional<Parking> published_;  // the writer waits here
  std::deque<Lane> lanes_;
  std::atomic<bool> is_submitted_{false};  // no more lines will come
  WriterThread writer_;
  ProducerThreads producers_;
};

}  // namespace

Descriptor spsc_rings_entry() {
  return {.name = "spsc-rings",
          .family = "hand-off",
          .summary = "a ring per producer without a lock, one thread writes them",
          .contract = {.order = Order::kPerWriter},
          .effort = Effort::kSeveralThreads,
          .options = {&kWriters, &kBufferSize, &kRingSize},
          .simpler = {.strategy = "double-buffered-thread",
                      .adds = "publishes each line at once",
                      .starting_with = {{&kWriters, 1}},
                      .growing = {{&kWriters, "has # producers"}}},
          .may_lose_bytes =
              [](const LossConditions& given) {
                return given.parameters.value(kWriters) * given.parameters.value(kRingSize);
              },
          .make = make_strategy<SpscRings>};
}

}  // namespace writebench::strategies
