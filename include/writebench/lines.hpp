#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace writebench {

/// Line numbers of a job: first, first + step, …, `count` of them.
struct LineRange {
  std::uint64_t first = 0;
  std::uint64_t step = 1;
  std::uint64_t count = 0;
};

/// The lines of a job: the text of each, and its offset if all are written in order. Immutable; any number of threads
/// may use it at once.
class Content {
 public:
  virtual ~Content() = default;

  virtual std::uint64_t lines() const = 0;

  /// The number of bytes before line number `line`; the bytes of all lines if `line` is lines().
  virtual std::uint64_t offset_bytes(std::uint64_t line) const = 0;

  /// An upper bound on the length of any line, its newline included.
  virtual std::size_t longest_line_bytes() const = 0;

  /// Renders the lines of `range`, in order, one after the other into `text`, and their lengths into `lengths`, until
  /// the range ends or one of the two is full. Returns how many lines it rendered: at least one if the range is not
  /// empty and `text` has longest_line_bytes() + kSlackBytes. Stores whole words, so it may overwrite up to kSlackBytes
  /// after the last line.
  virtual std::size_t render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const = 0;

  /// Renders the next lines over those of `there`, which render() or this left in `text`: as many lines of the same
  /// lengths, of which less has to be written. Returns false, and changes nothing, if these are not such lines.
  virtual bool render_again(LineRange /*range*/, LineRange /*there*/, std::span<char> /*text*/) const { return false; }

  /// Lines that lie one after the other in memory, and their lengths.
  struct Run {
    const char* text = nullptr;
    std::span<const std::uint32_t> lengths;
  };

  /// The first lines of `range`, as many as this content holds in memory one after the other: walking them costs no
  /// copy. Empty if they have to be rendered, or if the range is empty. The memory is valid as long as the content.
  virtual Run held(LineRange) const { return {}; }

  /// Announces ranges of that step, from any first line, so that a content that holds its lines can arrange them for
  /// held(). Call it before the lines are walked; not from several threads at once.
  virtual void arrange(std::uint64_t /*step*/) const {}

  /// The memory that arrange() and held() keep for the lines, in bytes: no strategy is to be charged for it.
  virtual std::uint64_t held_bytes() const { return 0; }

  /// Whether all lines are known to differ, so that its text identifies a line. Call it before the first number_of().
  virtual bool lines_are_unique() const { return true; }

  /// The number of the line whose text is exactly `line`, its newline included; no value if there is no such line. Call
  /// it only if the lines are unique.
  virtual std::optional<std::uint64_t> number_of(std::string_view line) const = 0;

  static constexpr std::size_t kSlackBytes = 32;
};

/// Sits between a producer and its lines, for a run that records or sets when each line is handed out. One object
/// serves one producer: its calls may come from different threads, but never two at once.
class LineObserver {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  virtual ~LineObserver() = default;

  /// Called right before a line is handed out. May wait until the line is due.
  virtual void line_is_due() = 0;

  /// Called instead if the producer awaits that moment itself. Does not wait. Returns the moment if it is still to
  /// come; line_has_come() then follows once the producer has waited for it.
  virtual std::optional<Moment> line_to_await() {
    line_is_due();
    return std::nullopt;
  }
  virtual void line_has_come() {}

  /// Called when the producer asks for the next line, or finds that there is none.
  virtual void line_is_done() = 0;
};

/// A line that was handed out before it is due, to a producer that awaits that moment itself (Lines::awaited()).
class DueLine {
 public:
  DueLine(LineObserver::Moment moment, LineObserver& observer) : moment_(moment), observer_(&observer) {}

  LineObserver::Moment moment() const { return moment_; }

  /// Call it once the producer has waited for the moment: its append begins now.
  void has_come() const { observer_->line_has_come(); }

 private:
  LineObserver::Moment moment_;
  LineObserver* observer_;
};

/// The lines of a range, in batches of some that lie one after the other in memory. Up to a thousand lines are rendered
/// into a block that stays in the first-level cache. A line that does not fit is rendered alone, and only then does the
/// block grow to the longest line: so memory is some 20 KB for short lines. Lines that the content holds in memory are
/// handed out from there instead. Not thread-safe.
class LineBatches {
 public:
  /// `content` must outlive this object.
  LineBatches(const Content& content, LineRange range)
      : content_(&content),
        range_(range),
        text_(std::make_unique_for_overwrite<char[]>(kTextBytes)),
        lengths_(std::min<std::uint64_t>(kBatchLines, std::max<std::uint64_t>(range.count, 1))) {}

  /// The next lines; no lengths after the last one. Valid until the next call.
  Content::Run next() {
    if (range_.count == 0) return {};
    Content::Run run = content_->held(range_);
    if (run.lengths.empty()) run = render();
    range_.first += range_.step * run.lengths.size();
    range_.count -= run.lengths.size();
    return run;
  }

 private:
  static constexpr std::size_t kTextBytes = 16'000 + Content::kSlackBytes;
  static constexpr std::size_t kBatchLines = 1000;

  Content::Run render() {
    const std::span<char> text(text_.get(), kTextBytes);
    std::size_t rendered = rendered_.count;
    if (!content_->render_again(range_, rendered_, text)) rendered = content_->render(range_, text, lengths_);
    if (rendered == 0) rendered = render_long();
    rendered_ = {range_.first, range_.step, rendered};
    return {text_.get(), {lengths_.data(), rendered}};
  }

  std::size_t render_long() {
    if (text_bytes_ == kTextBytes) {
      text_bytes_ = content_->longest_line_bytes() + Content::kSlackBytes;
      text_ = std::make_unique_for_overwrite<char[]>(text_bytes_);
    }
    return content_->render(range_, {text_.get(), text_bytes_}, {lengths_.data(), 1});
  }

  const Content* content_;
  LineRange range_;     // not handed out yet
  LineRange rendered_;  // what text_ and lengths_ hold
  std::unique_ptr<char[]> text_;
  std::size_t text_bytes_ = kTextBytes;
  std::vector<std::uint32_t> lengths_;
};

/// A producer's share of the lines: a range of std::string_view that can be walked once:
///
///     for (std::string_view line : job.lines()) …
///
/// Each view is valid until the next line is asked for. Lines are rendered ahead (LineBatches), because a copy right
/// after the stores of its bytes waits for them. With an observer the same code hands out batches of one, so that a
/// line costs no extra branch without one. Not thread-safe, but it may be handed from thread to thread.
class Lines {
 public:
  Lines(const Content& content, LineRange range, LineObserver* observer = nullptr)
      : batches_(content, range), observer_(observer) {}

  class Iterator {
   public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    explicit Iterator(Lines& lines) : lines_(&lines), batch_(lines.next_batch()) {}

    std::string_view operator*() const { return {batch_.text, *batch_.length}; }

    Iterator& operator++() {
      batch_.text += *batch_.length;
      if (++batch_.length == batch_.end) [[unlikely]]
        batch_ = lines_->next_batch();
      return *this;
    }
    void operator++(int) { ++*this; }

    bool operator==(std::default_sentinel_t) const { return batch_.length == batch_.end; }

   private:
    friend class Lines;
    struct Batch {
      const char* text = nullptr;
      const std::uint32_t* length = nullptr;
      const std::uint32_t* end = nullptr;
    };

    Lines* lines_ = nullptr;
    Batch batch_;
  };

  /// The same lines for a task on an event loop. A thread that takes a line at a pace sleeps until the line is due,
  /// which would hold the loop. Here the line is handed out at once, and the task awaits the moment before it does
  /// anything else:
  ///
  ///     Lines lines = job.lines().awaited();
  ///     for (std::string_view line : lines) {
  ///       if (const auto due = lines.due()) co_await loop.until(*due);
  Lines awaited() && {
    awaited_ = true;
    return std::move(*this);
  }

  /// For the line that was just handed out: the moment to await; no value if it is due, or has no pace.
  std::optional<DueLine> due() const {
    if (!due_) [[likely]]
      return std::nullopt;
    return DueLine(*due_, *observer_);
  }

  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  [[gnu::noinline]] Iterator::Batch next_batch() {
#ifndef WRITEBENCH_WITHOUT_PROBES  // benchmarks/probe_cost builds with and without, to show that the cost is the same
    if (observer_ != nullptr) return next_observed();
#endif
    return next_rendered();
  }

  Iterator::Batch next_rendered() {
    const Content::Run run = batches_.next();
    return {run.text, run.lengths.data(), run.lengths.data() + run.lengths.size()};
  }

  Iterator::Batch next_observed() {
    if (started_) observer_->line_is_done();
    started_ = true;
    due_.reset();
    if (ahead_.length == ahead_.end) ahead_ = next_rendered();
    if (ahead_.length == ahead_.end) return ahead_;
    const Iterator::Batch one{ahead_.text, ahead_.length, ahead_.length + 1};
    ahead_.text += *ahead_.length++;
    if (awaited_) {
      due_ = observer_->line_to_await();
    } else {
      observer_->line_is_due();
    }
    return one;
  }

  LineBatches batches_;
  LineObserver* observer_;
  Iterator::Batch ahead_;  // with an observer: rendered but not yet handed out
  bool started_ = false;
  bool awaited_ = false;
  std::optional<LineObserver::Moment> due_;  // of the line that was handed out last, if its producer is to await it
};

}  // namespace writebench
