#include <cstring>
#include <utility>

#include "benchmarks/bare/loops.hpp"

namespace writebench::bare {
namespace {

class WritePerLine final : public Strategy {
 public:
  void run(Job& job) override {
    const int descriptor = job.file().descriptor();
    CounterLines lines(job.content().lines());
    for (std::string_view line = lines.next(); !line.empty(); line = lines.next()) write(descriptor, line);
  }
};

class SyncBuffered final : public Strategy {
 public:
  void prepare(Job& job) override { block_.resize(job.value(kBufferSize)); }

  void run(Job& job) override {
    const int descriptor = job.file().descriptor();
    CounterLines lines(job.content().lines());
    std::size_t used = 0;
    for (std::string_view line = lines.next(); !line.empty(); line = lines.next()) {
      if (used + line.size() > block_.size()) write(descriptor, {block_.data(), std::exchange(used, 0)});
      std::memcpy(block_.data() + used, line.data(), line.size());
      used += line.size();
    }
    write(descriptor, {block_.data(), used});
  }

 private:
  std::vector<char> block_;
};

}  // namespace

std::vector<Descriptor> caller_writes_loops() {
  return {
      entry("write-per-line", make_strategy<WritePerLine>),
      entry("sync-buffered", make_strategy<SyncBuffered>),
  };
}

}  // namespace writebench::bare
