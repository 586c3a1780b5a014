#include <sys/types.h>

#include <atomic>
#include <cstring>
#include <utility>

#include "benchmarks/bare/loops.hpp"
#include "benchmarks/bare/threads.hpp"

namespace writebench::bare {
namespace {

void pwrite(int descriptor, std::string_view bytes, std::uint64_t offset_bytes) {
  const ssize_t taken = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset_bytes));
  if (taken != static_cast<ssize_t>(bytes.size())) std::abort();
}

// The lines of one writer, by blocks that `write_block` takes.
template <class WriteBlock>
void collect(CounterLines lines, std::vector<char>& block, WriteBlock write_block) {
  while (const std::size_t bytes = lines.fill(block)) write_block({block.data(), bytes});
}

// Threads that collect the lines of a writer each, and what each does with a block.
class Writers : public Strategy {
 public:
  void prepare(Job& job) override {
    const auto writers = static_cast<unsigned>(job.value(kWriters));
    for (unsigned writer = 0; writer < writers; ++writer) blocks_.emplace_back(job.value(kBufferSize));
    threads_.start(writers, [this, &job, writers](unsigned writer) {
      collect(CounterLines(job.content().lines(), writer, writers), blocks_[writer],
              [&](std::string_view bytes) { write_block(job, writer, bytes); });
    });
  }

  void run(Job&) override { threads_.run(); }

 protected:
  virtual void write_block(Job& job, unsigned writer, std::string_view bytes) = 0;

 private:
  std::vector<std::vector<char>> blocks_;
  Threads threads_;
};

class PwriteBlocks final : public Writers {
 private:
  void write_block(Job& job, unsigned, std::string_view bytes) override {
    pwrite(job.file().descriptor(), bytes, end_bytes_.fetch_add(bytes.size()));
  }

  std::atomic<std::uint64_t> end_bytes_ = 0;
};

class ShardedFiles final : public Writers {
 private:
  void write_block(Job& job, unsigned writer, std::string_view bytes) override {
    write(job.file(writer).descriptor(), bytes);
  }
};

class ShardedFilesMerged final : public Writers {
 public:
  void run(Job& job) override {
    Writers::run(job);
    for (unsigned i = 0; i < job.scratch_files(); ++i) {
      const int from = job.scratch_file(i).descriptor();
      off_t at = 0;
      while (::copy_file_range(from, &at, job.file().descriptor(), nullptr, 1 << 30, 0) > 0) {
      }
    }
  }

 private:
  void write_block(Job& job, unsigned writer, std::string_view bytes) override {
    write(job.scratch_file(writer).descriptor(), bytes);
  }
};

}  // namespace

std::vector<Descriptor> parallel_loops() {
  return {
      entry("pwrite-blocks", make_strategy<PwriteBlocks>),
      entry("sharded-files", make_strategy<ShardedFiles>),
      entry("sharded-files-merged", make_strategy<ShardedFilesMerged>),
  };
}

}  // namespace writebench::bare
