#include "tests/strategies/file_users.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <string>

#include "strategies/support/producer_threads.hpp"
#include "writebench/block.hpp"

namespace writebench::tests {
namespace {

using strategies::ProducerThreads;

using Options = std::vector<const Option*>;
const Options kOfWriters{&kWriters};
const Options kOfBlocks{&kBufferSize};

// Each writer's lines go through a block to the file of that writer.
class FilePerWriter final : public Strategy {
 public:
  void run(Job& job) override {
    Block block(job.value(kBufferSize));
    for (unsigned writer = 0; writer < job.files(); ++writer) {
      for (const std::string_view line : job.lines(writer)) {
        if (!block.fits(line)) job.file(writer).write_all(block.take());
        block.append(line);
        if (job.each_line_durable()) job.file(writer).write_all(block.take());
      }
      job.file(writer).write_all(block.take());
    }
    job.submitted();
  }
};

// Stores the lines in a shared mapping of the file, a window at a time, and cuts off what the last window has too much.
class Mapped final : public Strategy {
 public:
  ~Mapped() override { unmap(); }

  void run(Job& job) override {
    for (std::string_view line : job.lines()) {
      const std::size_t bytes = line.size();
      while (!line.empty()) {
        if (used_ == mapped_bytes_) map_next(job.file());
        const std::size_t count = std::min(line.size(), mapped_bytes_ - used_);
        std::memcpy(window_ + used_, line.data(), count);
        used_ += count;
        line.remove_prefix(count);
      }
      job.file().written(bytes);
    }
    job.submitted();
    if (window_ != nullptr) job.file().truncate(offset_bytes_ + used_);
    unmap();
  }

 private:
  static constexpr std::size_t kWindowBytes = 1 << 16;  // a multiple of any page's size

  void map_next(File& file) {
    unmap();
    offset_bytes_ += used_;
    file.truncate(offset_bytes_ + kWindowBytes);
    void* const window = ::mmap(nullptr, kWindowBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor(),
                                static_cast<off_t>(offset_bytes_));
    if (window == MAP_FAILED) throw IoError("mmap", file.path(), offset_bytes_, errno);
    window_ = static_cast<char*>(window);
    mapped_bytes_ = kWindowBytes;
    used_ = 0;
  }

  void unmap() {
    if (window_ != nullptr) ::munmap(window_, mapped_bytes_);
    window_ = nullptr;
  }

  char* window_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::size_t used_ = 0;
  std::uint64_t offset_bytes_ = 0;  // of the window
};

// A write for every block, each of which is on the device when it returns.
class Synchronous final : public Strategy {
 public:
  void run(Job& job) override {
    Block block(job.value(kBufferSize));
    for (const std::string_view line : job.lines()) {
      if (!block.fits(line)) job.file().write_all(block.take());
      block.append(line);
      if (job.each_line_durable()) job.file().write_all(block.take());
    }
    job.submitted();
    job.file().write_all(block.take());
  }
};

// Opens the path itself, as a library does. `syncs` says which of the two reports it makes.
template <bool syncs>
class ByName final : public Strategy {
 public:
  ~ByName() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  void prepare(Job& job) override {
    do {
      descriptor_ = ::open(job.path().c_str(), O_WRONLY | O_CLOEXEC);
    } while (descriptor_ < 0 && errno == EINTR);
    if (descriptor_ < 0) throw IoError("open", job.path(), errno);
    block_ = Block(job.value(kBufferSize));
  }

  void run(Job& job) override {
    for (const std::string_view line : job.lines()) {
      if (!block_.fits(line)) flush(job);
      block_.append(line);
      if (job.each_line_durable()) flush(job);
    }
    job.submitted();
    flush(job);
  }

  void close(Job& job) override {
    if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) throw IoError("close", job.path(), errno);
    Strategy::close(job);
  }

 private:
  void flush(Job& job) {
    std::string_view bytes = block_.take();
    const std::size_t total = bytes.size();
    while (!bytes.empty()) {
      const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) throw IoError("write", job.path(), count < 0 ? errno : EIO);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    if (!syncs) return job.file().written(total);
    while (::fsync(descriptor_) != 0) {
      if (errno != EINTR) throw IoError("fsync", job.path(), errno);
    }
    job.file().synced(total);
  }

  int descriptor_ = -1;
  Block block_;
};

// Threads that share a file under one mutex, as simple loggers do.
class LockedProducers final : public Strategy {
 public:
  void prepare(Job& job) override {
    producers_.start(job, static_cast<unsigned>(job.value(kWriters)), [this, &job](unsigned writer) {
      for (const std::string_view line : job.lines(writer)) {
        const std::lock_guard lock(mutex_);
        job.file().write_all(line);
      }
    });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
  }

 private:
  std::mutex mutex_;
  ProducerThreads producers_;
};

// Threads that leave it to the kernel to put each line behind the last one.
class AppendingProducers final : public Strategy {
 public:
  void prepare(Job& job) override {
    producers_.start(job, static_cast<unsigned>(job.value(kWriters)), [&job](unsigned writer) {
      for (const std::string_view line : job.lines(writer)) job.file().append_whole(line);
    });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
  }

 private:
  ProducerThreads producers_;
};

template <class S>
Descriptor entry(std::string_view name, Contract contract, Access access, Options options) {
  return {.name = std::string(name),
          .family = "file users",
          .summary = "uses files or threads in one way more",
          .contract = contract,
          .access = access,
          .options = std::move(options),
          .make = make_strategy<S>};
}

Descriptor syncing_by_itself(Descriptor strategy) {
  strategy.own_sync = true;
  return strategy;
}

}  // namespace

const std::vector<Subject>& file_users() {
  constexpr Contract kPerFile{.order = Order::kPerWriter, .layout = Layout::kFilePerWriter};
  constexpr Contract kPerWriter{.order = Order::kPerWriter};
  static const std::vector<Subject> subjects{
      {.strategy = entry<FilePerWriter>("file-per-writer", kPerFile, {}, {&kWriters, &kBufferSize})},
      {.strategy = entry<Mapped>("mapped", {}, {.read = true}, {}), .writes_through_file = false},
      {.strategy = entry<Synchronous>("synchronous", {}, {.dsync = true}, kOfBlocks)},
      {.strategy = entry<ByName<false>>("by-name", {}, {.by_name = true}, kOfBlocks), .writes_through_file = false},
      {.strategy = syncing_by_itself(entry<ByName<true>>("by-name-synced", {}, {.by_name = true}, kOfBlocks)),
       .writes_through_file = false},
      {.strategy = entry<LockedProducers>("locked-producers", kPerWriter, {}, kOfWriters)},
      {.strategy = entry<AppendingProducers>("appending-producers", kPerWriter, {.append = true}, kOfWriters),
       .refuses_short_counts = true},
  };
  return subjects;
}

const Subject& file_user(std::string_view name) {
  for (const Subject& subject : file_users()) {
    if (subject.strategy.name == name) return subject;
  }
  throw std::invalid_argument("no file user " + std::string(name));
}

}  // namespace writebench::tests
