#include <fcntl.h>
#include <fmt/os.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "benchmarks/bare/loops.hpp"

namespace writebench::bare {
namespace {

class WritePerLine final : public Strategy {
 public:
  void run(Job& job) override {
    const int descriptor = job.file().descriptor();
    CounterLines lines(job.content().lines());
    lines.each([&](std::string_view line) { write(descriptor, line); });
  }
};

class SyncBuffered final : public Strategy {
 public:
  void prepare(Job& job) override { block_.resize(job.value(kBufferSize)); }

  void run(Job& job) override {
    const int descriptor = job.file().descriptor();
    CounterLines lines(job.content().lines());
    while (const std::size_t bytes = lines.fill(block_)) write(descriptor, {block_.data(), bytes});
  }

 private:
  std::vector<char> block_;
};

// stdio on a file that it opens itself, with a buffer of --buffer-size, or flushed after each line.
enum class Stdio { kDefault, kLargeBuffer, kFlushed };

template <Stdio how>
class StdioLoop final : public Strategy {
 public:
  void prepare(Job& job) override {
    file_ = std::fopen(job.path().c_str(), "r+");
    if (file_ == nullptr) std::abort();
    if (how != Stdio::kLargeBuffer) return;
    buffer_.resize(job.value(kBufferSize));
    if (std::setvbuf(file_, buffer_.data(), _IOFBF, buffer_.size()) != 0) std::abort();
  }

  void run(Job& job) override {
    CounterLines lines(job.content().lines());
    lines.each([&](std::string_view line) {
      if (std::fwrite(line.data(), 1, line.size(), file_) != line.size()) std::abort();
      if (how == Stdio::kFlushed && std::fflush(file_) != 0) std::abort();
    });
    if (std::fclose(file_) != 0) std::abort();
  }

 private:
  std::FILE* file_ = nullptr;
  std::vector<char> buffer_;
};

template <bool with_endl>
class OfstreamLoop final : public Strategy {
 public:
  void prepare(Job& job) override { out_.open(job.path(), std::ios::binary | std::ios::in | std::ios::out); }

  void run(Job& job) override {
    CounterLines lines(job.content().lines());
    lines.each([&](std::string_view line) {
      if (with_endl) {
        out_ << line.substr(0, line.size() - 1) << std::endl;
      } else {
        out_ << line;
      }
    });
    out_.close();
    if (!out_) std::abort();
  }

 private:
  std::ofstream out_;
};

class FmtLoop final : public Strategy {
 public:
  void prepare(Job& job) override { out_.reset(new fmt::ostream(fmt::output_file(job.path(), fmt::file::WRONLY))); }

  void run(Job& job) override {
    CounterLines lines(job.content().lines());
    lines.each([&](std::string_view line) { out_->print("{}", line); });
    out_->close();
  }

 private:
  std::unique_ptr<fmt::ostream> out_;
};

// Batches of as many lines as writev-batch has by default.
class WritevBatch final : public Strategy {
 public:
  void run(Job& job) override {
    const int descriptor = job.file().descriptor();
    CounterLines lines(job.content().lines());
    int count = 0;
    lines.each([&](std::string_view line) {
      texts_[static_cast<std::size_t>(count)] = line;
      if (++count == kBatch) write_batch(descriptor, std::exchange(count, 0));
    });
    if (count > 0) write_batch(descriptor, count);
  }

 private:
  static constexpr int kBatch = 64;

  void write_batch(int descriptor, int count) {
    std::array<iovec, kBatch> parts;
    ssize_t bytes = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      parts[i] = {texts_[i].data(), texts_[i].size()};
      bytes += static_cast<ssize_t>(texts_[i].size());
    }
    if (::writev(descriptor, parts.data(), count) != bytes) std::abort();
  }

  std::array<std::string, kBatch> texts_;
};

// Processes that are forked before the clock and start when a pipe is closed; with one, the caller writes.
class AppendPerLine final : public Strategy {
 public:
  void prepare(Job& job) override {
    const unsigned processes = job.writers();
    if (processes == 1) return;
    if (::pipe(gate_.data()) != 0) std::abort();
    for (unsigned process = 0; process < processes; ++process) {
      if (::fork() != 0) continue;
      ::close(gate_[1]);
      char nothing = 0;
      if (::read(gate_[0], &nothing, 1) != 0) std::abort();
      append(job, process, processes);
      ::_exit(0);
    }
  }

  void run(Job& job) override {
    if (job.writers() == 1) return append(job, 0, 1);
    ::close(gate_[1]);
    int status = 0;
    while (::wait(&status) > 0) {
      if (status != 0) std::abort();
    }
  }

 private:
  static void append(Job& job, unsigned process, unsigned processes) {
    CounterLines lines(job.content().lines(), process, processes);
    lines.each([&](std::string_view line) { write(job.file().descriptor(), line); });
  }

  std::array<int, 2> gate_{};
};

class MutexShared final : public Strategy {
 public:
  void prepare(Job& job) override {
    block_.resize(job.value(kBufferSize));
    const unsigned writers = job.writers();
    for (unsigned writer = 0; writers > 1 && writer < writers; ++writer) {
      threads_.emplace_back([this, &job, writer, writers] {
        gate_.wait(false);
        append(job.file().descriptor(), CounterLines(job.content().lines(), writer, writers));
      });
    }
  }

  void run(Job& job) override {
    if (threads_.empty()) append(job.file().descriptor(), CounterLines(job.content().lines()));
    gate_ = true;
    gate_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    write(job.file().descriptor(), {block_.data(), used_});
  }

 private:
  void append(int descriptor, CounterLines lines) {
    lines.each([&](std::string_view line) {
      const std::lock_guard lock(mutex_);
      if (used_ + line.size() > block_.size()) write(descriptor, {block_.data(), std::exchange(used_, 0)});
      copy_line(block_.data() + used_, line);
      used_ += line.size();
    });
  }

  std::mutex mutex_;
  std::vector<char> block_;
  std::size_t used_ = 0;
  std::atomic<bool> gate_{false};
  std::vector<std::thread> threads_;
};

// In chunks as large as those of mmap by default.
class MmapLoop final : public Strategy {
 public:
  void run(Job& job) override {
    const int descriptor = job.file().descriptor();
    CounterLines lines(job.content().lines());
    std::size_t used = kChunk;
    off_t next_chunk = 0;
    lines.each([&](std::string_view line) {
      while (!line.empty()) {
        if (used == kChunk) {
          map(descriptor, std::exchange(next_chunk, next_chunk + static_cast<off_t>(kChunk)));
          used = 0;
        }
        const std::size_t count = std::min(line.size(), kChunk - used);
        std::memcpy(chunk_ + used, line.data(), count);
        used += count;
        line.remove_prefix(count);
      }
    });
    ::munmap(chunk_, kChunk);
    if (::ftruncate(descriptor, next_chunk - static_cast<off_t>(kChunk - used)) != 0) std::abort();
  }

 private:
  static constexpr std::size_t kChunk = 1 << 20;

  void map(int descriptor, off_t at) {
    if (chunk_ != nullptr) ::munmap(chunk_, kChunk);
    if (::fallocate(descriptor, 0, at, kChunk) != 0) std::abort();
    chunk_ = static_cast<char*>(::mmap(nullptr, kChunk, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, at));
    if (chunk_ == MAP_FAILED) std::abort();
  }

  char* chunk_ = nullptr;
};

}  // namespace

std::vector<Descriptor> caller_writes_loops() {
  return {
      entry("sync", make_strategy<StdioLoop<Stdio::kDefault>>),
      entry("stdio-setvbuf", make_strategy<StdioLoop<Stdio::kLargeBuffer>>),
      entry("stdio-flush", make_strategy<StdioLoop<Stdio::kFlushed>>),
      entry("ofstream", make_strategy<OfstreamLoop<false>>),
      entry("ofstream-endl", make_strategy<OfstreamLoop<true>>),
      entry("fmt-output-file", make_strategy<FmtLoop>),
      entry("write-per-line", make_strategy<WritePerLine>),
      entry("writev-batch", make_strategy<WritevBatch>),
      entry("append-per-line", make_strategy<AppendPerLine>),
      entry("sync-buffered", make_strategy<SyncBuffered>),
      entry("mutex-shared", make_strategy<MutexShared>),
      entry("mmap", make_strategy<MmapLoop>),
  };
}

}  // namespace writebench::bare
