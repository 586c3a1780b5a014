// One caller fills blocks and queues each with aio_write(3), at an offset of its own; up to --queue-depth blocks are in
// flight. Nothing of this is in the kernel: glibc keeps a list of requests, and threads that call pwrite(2). For one
// descriptor it has one request under way at a time, whatever the depth: with 8 blocks queued, strace(1) sees all calls
// come from one thread, one after the other. So this is a writer thread with a queue, and what the depth buys is how
// far the caller may run ahead of it.
//
// Memory is --queue-depth blocks, or as many as all lines fill if these are fewer, and the one that is filled. All
// lines stay in order. A short count is continued at its place; the first error ends the run. The thread is started in
// prepare, by a request for no file. It should come close to double-buffered-thread, but it does not spin: if the
// thread has nothing to do, it sleeps, and the next block costs a wake-up. It is the asynchronous interface of every
// POSIX system. fio has it as `posixaio`; Samba had it, and replaced it on Linux for that one request
// (vfs_aio_pthread(8)).
#include <aio.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "strategies/support/blocks_in_flight.hpp"
#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

void await(const aiocb& request) {
  const aiocb* const list[] = {&request};
  while (::aio_error(&request) == EINPROGRESS) ::aio_suspend(list, 1, nullptr);  // which may be interrupted
}

// The thread that makes the writes. glibc starts it at the first request, and lets it go once it has had nothing to do
// for a second. A process that is forked by then would wait for a thread that it does not have, so the destructor sees
// it off.
class WritingThread {
 public:
  /// Starts it. Throws std::system_error.
  WritingThread() {
    stay_idle_for(kSeconds);
    if (!pass_a_request()) throw std::system_error(errno, std::generic_category(), "aio_write (starting its thread)");
  }
  WritingThread(const WritingThread&) = delete;
  WritingThread& operator=(const WritingThread&) = delete;
  ~WritingThread() {
    stay_idle_for(-1);  // not at all
    pass_a_request();
  }

 private:
  static constexpr int kSeconds = 1;  // as glibc has it

  static void stay_idle_for(int seconds) {
    aioinit settings{};
    settings.aio_threads = 20;  // these two are those of glibc, too
    settings.aio_num = 64;
    settings.aio_idle_time = seconds;
    ::aio_init(&settings);
  }

  // For no file, so it fails. aio_suspend(3) takes the lock of the requests, which the thread holds from then on until
  // it waits for the next one, or has ended.
  static bool pass_a_request() {
    aiocb request{};
    request.aio_fildes = -1;
    request.aio_sigevent.sigev_notify = SIGEV_NONE;
    if (::aio_write(&request) != 0) return false;
    const aiocb* const list[] = {&request};
    do {
      ::aio_suspend(list, 1, nullptr);
    } while (::aio_error(&request) == EINPROGRESS);
    return true;
  }
};

class PosixAio final : public Strategy {
 public:
  ~PosixAio() override {
    if (in_flight() == 0) return;
    ::aio_cancel(request_of(finished_).aio_fildes, nullptr);
    for (; in_flight() > 0; ++finished_) await(request_of(finished_));
  }

  void prepare(Job& job) override {
    filling_ = Block(job.value(kBufferSize));
    const std::uint64_t blocks = blocks_in_flight(job);
    for (std::uint64_t i = 0; i < blocks; ++i) slots_.push_back({.block = Block(job.value(kBufferSize))});
    requests_.resize(blocks);
    thread_.emplace();
  }

  void run(Job& job) override {
    Block filling = std::move(filling_);  // a local object, so that its state can stay in registers
    const bool each_line = job.each_line_durable();
    for (const std::string_view line : job.lines()) {
      if (!filling.fits(line)) submit(job, filling);
      filling.append(line);
      if (each_line) {
        submit(job, filling);
        finish_all(job);
      }
    }
    job.submitted();
    submit(job, filling);
    finish_all(job);
  }

 private:
  struct Slot {
    Block block;
    std::uint64_t offset_bytes = 0;
    std::uint64_t bytes = 0;
  };

  std::uint64_t in_flight() const { return submitted_ - finished_; }
  Slot& slot_of(std::uint64_t number) { return slots_[number % slots_.size()]; }
  aiocb& request_of(std::uint64_t number) { return requests_[number % requests_.size()]; }

  void submit(Job& job, Block& filling) {
    if (filling.empty()) return;
    while (in_flight() > 0 && ::aio_error(&request_of(finished_)) != EINPROGRESS) finish_oldest(job);
    if (in_flight() == slots_.size()) finish_oldest(job);
    Slot& slot = slot_of(submitted_);
    std::swap(filling, slot.block);
    const std::string_view bytes = slot.block.take();
    slot.offset_bytes = std::exchange(end_bytes_, end_bytes_ + bytes.size());
    slot.bytes = bytes.size();
    aiocb& request = request_of(submitted_) = {};
    request.aio_fildes = job.file().descriptor();
    request.aio_buf = const_cast<char*>(bytes.data());
    request.aio_nbytes = bytes.size();
    request.aio_offset = static_cast<off_t>(slot.offset_bytes);
    request.aio_sigevent.sigev_notify = SIGEV_NONE;
    start(job, request);
    ++submitted_;
  }

  void start(Job& job, aiocb& request) {
    while (job.submission([&] { return ::aio_write(&request); }) != 0) {
      if (errno != EAGAIN || in_flight() == 0) throw error_of(job, request, errno);
      aiocb& newest = request_of(submitted_ - 1);
      if (::aio_error(&newest) != EINPROGRESS) throw error_of(job, request, EAGAIN);
      await(newest);  // there is no room for another one until some are done
    }
  }

  void finish_all(Job& job) {
    while (in_flight() > 0) finish_oldest(job);
  }

  void finish_oldest(Job& job) {
    const Slot& slot = slot_of(finished_);
    aiocb& request = request_of(finished_);
    await(request);
    while (!is_whole(job, request)) {
      start(job, request);
      await(request);
    }
    ++finished_;
    job.file().completed(slot.offset_bytes, slot.bytes);
  }

  // Whether nothing is left of a request that has been served; if not, it is about the rest.
  static bool is_whole(const Job& job, aiocb& request) {
    const int error = ::aio_error(&request);
    const ssize_t taken = ::aio_return(&request);
    if (error == EINTR) return false;
    if (error != 0 || taken <= 0) throw error_of(job, request, error != 0 ? error : EIO);
    const auto count = static_cast<std::size_t>(taken);
    request.aio_buf = static_cast<volatile char*>(request.aio_buf) + count;
    request.aio_nbytes -= count;
    request.aio_offset += taken;
    return request.aio_nbytes == 0;
  }

  static IoError error_of(const Job& job, const aiocb& request, int error) {
    return {"aio_write", job.path(), static_cast<std::uint64_t>(request.aio_offset), error};
  }

  Block filling_;
  std::vector<Slot> slots_;
  std::vector<aiocb> requests_;  // of each slot: what is left of its block
  std::uint64_t submitted_ = 0;  // blocks
  std::uint64_t finished_ = 0;   // of these, the oldest
  std::uint64_t end_bytes_ = 0;  // of what was submitted
  std::optional<WritingThread> thread_;
};

}  // namespace

Descriptor posix_aio_entry() {
  return {.name = "posix-aio",
          .family = "legacy interfaces",
          .summary = "one caller queues blocks with aio_write(3), which a thread of glibc writes",
          .options = {&kBufferSize, &kBlocksInFlight},
          .simpler = {.strategy = "double-buffered-thread",
                      .adds = "queues them in glibc",
                      .starting_with = {{&kBlocksInFlight, 1}},
                      .growing = {{&kBlocksInFlight, "has # blocks in flight"}}},
          .may_lose_bytes =
              [](const LossConditions& given) {
                return (given.parameters.value(kBlocksInFlight) + 1) * given.block_bytes();
              },
          .make = make_strategy<PosixAio>};
}

}  // namespace writebench::strategies
