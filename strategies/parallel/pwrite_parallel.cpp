// T threads, each with a contiguous share of the lines and its own block, write to disjoint ranges of one file at
// offsets known beforehand (pwrite(2)). This keeps the global order without a lock in the program. The kernel may still
// serialise the writes: ext4 and XFS hold the inode's lock during a buffered write, so on them only the filling of the
// blocks runs in parallel.
#include <exception>
#include <mutex>
#include <optional>

#include "strategies/support/on_pool.hpp"
#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class PwriteParallel final : public Strategy {
 public:
  void prepare(Job& job) override {
    for (const Slice& slice : job.slices(static_cast<unsigned>(job.value(kThreads)))) {
      shares_.push_back({slice, Block(job.value(kBufferSize)), nullptr});
    }
    pool_.emplace(job.value(kThreads));
  }

  void run(Job& job) override {
    for (Share& share : shares_) {
      asio::post(pool_->executor(), [&job, &share] {
        try {
          write(job, share);
        } catch (...) {
          share.error = std::current_exception();
        }
      });
    }
    pool_->join();
    job.submitted();
    for (const Share& share : shares_) {
      if (share.error) std::rethrow_exception(share.error);
    }
  }

 private:
  struct Share {
    Slice slice;
    Block block;
    std::exception_ptr error;
  };

  static void write(Job& job, Share& share) {
    Block block = std::move(share.block);
    const bool each_line = job.each_line_durable();
    std::uint64_t offset_bytes = share.slice.offset_bytes;
    const auto flush = [&] {
      const std::string_view bytes = block.take();
      job.file().pwrite_all(bytes, offset_bytes);
      offset_bytes += bytes.size();
    };
    for (const std::string_view line : job.lines(share.slice)) {
      if (!block.fits(line)) flush();
      block.append(line);
      if (each_line) flush();
    }
    flush();
  }

  std::vector<Share> shares_;
  std::optional<Pool> pool_;
};

}  // namespace

Descriptor pwrite_parallel_entry() {
  return {.name = "pwrite-parallel",
          .family = "parallel",
          .summary = "threads write disjoint ranges of one file at known offsets",
          .effort = Effort::kSeveralThreads,
          .needs_places = true,
          .options = {&kThreads, &kBufferSize},
          .simpler = {.strategy = "sync-buffered",
                      .adds = "lets own threads do that",
                      .starting_with = {{&kThreads, 1}},
                      .growing = {{&kThreads, "has # threads"}}},
          .may_lose_bytes =
              [](const LossConditions& given) { return given.parameters.value(kThreads) * given.block_bytes(); },
          .make = make_strategy<PwriteParallel>};
}

}  // namespace writebench::strategies
