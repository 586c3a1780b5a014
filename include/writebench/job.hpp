#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "writebench/file.hpp"
#include "writebench/lines.hpp"
#include "writebench/parameters.hpp"

namespace writebench {

/// A contiguous share of the lines for a writer that knows where its bytes belong.
struct Slice {
  LineRange range;
  std::uint64_t offset_bytes = 0;
};

/// What a strategy sees of one trial: the lines, the file, the options. Owned by the trial. lines() and slices() may
/// be called from any thread.
class Job {
 public:
  /// What the trial wants to hear; any may be empty. `observe` is asked once for every range of lines handed out,
  /// with their number, possibly from several threads at once, and owns what it returns.
  struct Hooks {
    std::function<void()> submitted;
    std::function<LineObserver*(std::uint64_t lines)> observe;
    std::function<void(std::int64_t)> loop_late_ns;
  };

  Job(const Parameters& parameters, const Content& content, File& file, Hooks hooks = {})
      : parameters_(parameters), content_(content), file_(file), hooks_(std::move(hooks)) {}

  /// What this trial runs with: an option that the strategy's descriptor lists.
  std::uint64_t value(const Option& option) const { return parameters_.value(option); }

  File& file() { return file_; }

  /// All lines, in order.
  Lines lines() const { return lines_of({0, 1, content_.lines()}); }

  /// The strided share of `writer`, below value(kWriters): lines writer, writer + writers, …
  Lines lines(unsigned writer) const {
    const std::uint64_t writers = parameters_.value(kWriters);
    const std::uint64_t total = content_.lines();
    return lines_of({writer, writers, total > writer ? (total - writer - 1) / writers + 1 : 0});
  }

  /// The lines of a slice, in order.
  Lines lines(const Slice& slice) const { return lines_of(slice.range); }

  /// All lines cut into `parts` slices of nearly equal counts (some empty where there are fewer lines than parts), each
  /// with the offset of its first byte. Finding the offsets may cost a pass over the lines: call it from prepare().
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

  /// The content itself, to be rendered in bulk: for controls only. A strategy walks lines() one by one.
  const Content& content() const { return content_; }

  /// Whether each line has to be durable before its append returns: then whatever collects lines must pass each one on
  /// to the file, whose write_all() and pwrite_all() sync.
  bool each_line_durable() const { return parameters_.durability.kind == Durability::Kind::kLine; }

  /// Whether this trial wants to know how late the event loop is: then a strategy that has one runs a periodic timer on
  /// it and reports how late, in nanoseconds, each of its turns came.
  bool watches_loop() const { return static_cast<bool>(hooks_.loop_late_ns); }
  void loop_was_late(std::int64_t late_ns) const { hooks_.loop_late_ns(late_ns); }

  /// Marks that every line is accepted and the callers are free; the rest of run() is draining. Call it at most once;
  /// without it the callers count as held until run() returns.
  void submitted() {
    if (hooks_.submitted) hooks_.submitted();
  }

 private:
  Lines lines_of(LineRange range) const {
    return {content_, range, hooks_.observe ? hooks_.observe(range.count) : nullptr};
  }

  const Parameters parameters_;
  const Content& content_;
  File& file_;
  const Hooks hooks_;
};

}  // namespace writebench
