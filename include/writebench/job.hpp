#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "writebench/dispatch.hpp"
#include "writebench/file.hpp"
#include "writebench/lines.hpp"
#include "writebench/parameters.hpp"

namespace writebench {

/// A contiguous share of the lines, for a writer that must know the offset of its bytes.
struct Slice {
  LineRange range;
  std::uint64_t offset_bytes = 0;
};

/// Callbacks of a trial into its job; any may be empty. `observe` is called once for each range of lines handed out,
/// possibly from several threads at once, and owns the observer it returns. `producer_begins` and `producer_ends` are
/// called on the producer's thread.
struct JobHooks {
  std::function<void()> submitted = {};
  std::function<LineObserver*(const LineRange&)> observe = {};
  std::function<void(std::int64_t)> loop_late_ns = {};
  std::function<void()> producer_begins = {};
  std::function<void()> producer_ends = {};
  std::function<void(std::int64_t)> submission_ns = {};  ///< from any thread
  DispatchObserver* dispatches = nullptr;                ///< outlives the job
};

/// What a strategy sees of one trial: the lines, the files, the options. Owned by the trial. Everything but
/// submitted() may be called from any thread.
class Job {
 public:
  using Hooks = JobHooks;

  /// `files` has one entry, or one for each writer, depending on the layout. All arguments outlive the job.
  Job(const Parameters& parameters, const Content& content, std::vector<File*> files, Hooks hooks = {},
      std::vector<File*> scratch_files = {})
      : parameters_(parameters),
        content_(content),
        files_(std::move(files)),
        scratch_files_(std::move(scratch_files)),
        hooks_(std::move(hooks)) {}

  Job(const Parameters& parameters, const Content& content, File& file, Hooks hooks = {})
      : Job(parameters, content, std::vector<File*>{&file}, std::move(hooks)) {}

  /// The value of an option in this trial. The strategy's descriptor must list the option.
  std::uint64_t value(const Option& option) const { return parameters_.value(option); }

  unsigned files() const { return static_cast<unsigned>(files_.size()); }
  File& file(unsigned i = 0) { return *files_[i]; }
  const std::string& path(unsigned i = 0) const { return files_[i]->path(); }

  /// Files that the descriptor asks for (Descriptor::scratch_files): empty, open for reading and writing, beside the
  /// files of the job. They are no result. The strategy closes each; the harness removes them, whatever happens.
  unsigned scratch_files() const { return static_cast<unsigned>(scratch_files_.size()); }
  File& scratch_file(unsigned i) { return *scratch_files_[i]; }

  /// All lines, in order.
  Lines lines() const { return lines_of({0, 1, content_.lines()}); }

  /// The number of writers: value(kWriters), or value(kProcesses) of a strategy that lists that one instead.
  unsigned writers() const { return parameters_.writers(); }

  /// The strided share of `writer`: lines writer, writer + n, writer + 2n, …, if n is writers(). `writer` is below n.
  Lines lines(unsigned writer) const {
    const std::uint64_t writers = parameters_.writers();
    const std::uint64_t total = content_.lines();
    return lines_of({writer, writers, total > writer ? (total - writer - 1) / writers + 1 : 0});
  }

  /// The lines of a slice, in order.
  Lines lines(const Slice& slice) const { return lines_of(slice.range); }

  /// All lines cut into `parts` slices of nearly equal counts, each with the offset of its first byte. Some are empty
  /// if there are fewer lines than parts. Finding the offsets may cost a pass over the lines, so call it from
  /// prepare().
  std::vector<Slice> slices(unsigned parts) const {
    std::vector<Slice> slices;
    const std::uint64_t share = content_.lines() / parts;
    const std::uint64_t remainder = content_.lines() % parts;
    std::uint64_t first = 0;
    for (std::uint64_t part = 0; part < parts; ++part) {
      const std::uint64_t count = share + (part < remainder ? 1 : 0);
      slices.push_back({{first, 1, count}, content_.offset_bytes(first)});
      first += count;
    }
    return slices;
  }

  /// The bytes of all lines.
  std::uint64_t bytes() const { return content_.offset_bytes(content_.lines()); }

  /// The content itself, to be rendered in bulk. For controls, and for a writer that renders what its callers have
  /// walked by then: a caller walks lines() one by one.
  const Content& content() const { return content_; }

  /// Whether each line must be durable before its append returns. If so, a strategy that collects lines must pass each
  /// one on to the file at once; write_all() and pwrite_all() then sync.
  bool each_line_durable() const { return parameters_.durability.kind == Durability::Kind::kLine; }

  /// When the bytes must be durable. For a strategy that makes them so by itself; File does it for all others.
  const Durability& durability() const { return parameters_.durability; }

  /// Makes a call by which an asynchronous interface takes work, such as io_uring_submit(3), io_submit(2) or
  /// aio_write(3), and returns its result. Such a call is to return at once, and the work goes on meanwhile. The sample
  /// has the time that all these calls took (`submission_ns`), and the kernel's own threads that were there at the end
  /// (`kernel_workers`). Reports warn if the calls took most of the time: then they did the work themselves. Two clock
  /// reads for each call; waiting for the work does not belong in it.
  ///
  ///     const int submitted = job.submission([&] { return io_uring_submit(&ring); });
  template <class Call>
  auto submission(Call call) const {
    if (!hooks_.submission_ns) return call();
    const auto begins = std::chrono::steady_clock::now();
    const auto result = call();
    hooks_.submission_ns(std::chrono::nanoseconds(std::chrono::steady_clock::now() - begins).count());
    return result;
  }

  /// Whether this trial measures the lag of the event loop. If so, a strategy that has a loop runs a periodic timer on
  /// it and reports with loop_was_late() how many nanoseconds late each tick was.
  bool watches_loop() const { return static_cast<bool>(hooks_.loop_late_ns); }
  void loop_was_late(std::int64_t late_ns) const { hooks_.loop_late_ns(late_ns); }

  /// Begins to hand one write over to a pool. The helpers that dispatch call it (strategies/support/), no strategy.
  DispatchMarks dispatch_begins() const { return DispatchMarks(hooks_.dispatches); }

  /// Marks the calling thread as a producer until it calls producer_ends(). The callers' cost is then what all producer
  /// threads used between the two calls. ProducerThreads makes both calls. If no thread makes them, the caller is the
  /// thread that calls run(). In a process that the strategy has forked in prepare(), its only producer thread makes
  /// them, and what the whole process used in between counts as the strategy's. ProducerProcesses does so.
  void producer_begins() const {
    if (hooks_.producer_begins) hooks_.producer_begins();
  }
  void producer_ends() const {
    if (hooks_.producer_ends) hooks_.producer_ends();
  }

  /// Marks the moment at which every line is accepted and the callers are free; the rest of run() is draining. Call it
  /// at most once, from run(). Without this call, the callers count as held until run() returns.
  void submitted() {
    if (hooks_.submitted) hooks_.submitted();
  }

 private:
  Lines lines_of(LineRange range) const { return {content_, range, hooks_.observe ? hooks_.observe(range) : nullptr}; }

  const Parameters parameters_;
  const Content& content_;
  const std::vector<File*> files_;
  const std::vector<File*> scratch_files_;
  const Hooks hooks_;
};

}  // namespace writebench
