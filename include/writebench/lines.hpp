#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace writebench {

/// Some lines of a job, by number: first, first + step, … `count` of them.
struct LineRange {
  std::uint64_t first = 0;
  std::uint64_t step = 1;
  std::uint64_t count = 0;
};

/// The lines of a job: what each one is, and where it lies when all are written in order. Immutable; safe to use from
/// any number of threads at once.
class Content {
 public:
  virtual ~Content() = default;

  /// How many lines there are.
  virtual std::uint64_t lines() const = 0;

  /// Bytes of all lines before line number `line`; of all lines for lines().
  virtual std::uint64_t offset_bytes(std::uint64_t line) const = 0;

  /// An upper bound on the length of any line, its newline included.
  virtual std::size_t longest_line_bytes() const = 0;

  /// Renders the lines of `range` from its first on, one after the other into `text`, with each length into
  /// `lengths`, until the range ends or one of the two is full, and says how many it rendered: at least one where
  /// the range is not empty, given longest_line_bytes() + kSlackBytes of text. Whole words are stored, so up to
  /// kSlackBytes after the last line are overwritten too.
  virtual std::size_t render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const = 0;

  /// Whether no two lines are known to have the same text, so that a line is known by its text. Asked before the first
  /// number_of().
  virtual bool lines_are_unique() const { return true; }

  /// The number of the line whose text is exactly `line`, its newline included; nothing where there is none. Not to be
  /// asked where the lines are not unique.
  virtual std::optional<std::uint64_t> number_of(std::string_view line) const = 0;

  static constexpr std::size_t kSlackBytes = 32;
};

/// Stands between a producer and its lines, where a run wants to know or to set when each one is handed out. One
/// object serves one producer; its calls come from whichever thread runs that producer then, never two at once.
class LineObserver {
 public:
  virtual ~LineObserver() = default;
  virtual void line_is_due() = 0;   ///< right before a line is handed out; may wait
  virtual void line_is_done() = 0;  ///< the producer asks for the next line, or has seen that there is none
};

/// A producer's share of the lines, as a range of std::string_view to be walked once:
///
///     for (std::string_view line : job.lines()) …
///
/// Each view is valid until the next line is asked for. Lines are rendered some hundreds ahead into a block that stays
/// in the first-level cache, because a copy that follows hard on the stores of its bytes waits for them. A line that
/// does not fit that block is rendered alone, and only where one comes does the block grow to the longest line: memory
/// is touched as lines need it, a few KiB for each producer of short ones. With an observer the same code hands out
/// batches of one, so that without one a line costs no further branch.
/// Not thread-safe, but it may be handed from thread to thread.
class Lines {
 public:
  Lines(const Content& content, LineRange range, LineObserver* observer = nullptr)
      : content_(&content),
        range_(range),
        observer_(observer),
        text_(std::make_unique_for_overwrite<char[]>(kTextBytes)),
        lengths_(std::min<std::uint64_t>(kBatchLines, std::max<std::uint64_t>(range.count, 1))) {}

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

  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  static constexpr std::size_t kTextBytes = 8192 + Content::kSlackBytes;
  static constexpr std::size_t kBatchLines = 512;

  [[gnu::noinline]] Iterator::Batch next_batch() {
#ifndef WRITEBENCH_WITHOUT_PROBES  // benchmarks/probe_cost builds both, to show that it makes no difference
    if (observer_ != nullptr) return next_observed();
#endif
    return render();
  }

  Iterator::Batch render() {
    if (range_.count == 0) return {};
    std::size_t rendered = content_->render(range_, {text_.get(), kTextBytes}, lengths_);
    if (rendered == 0) rendered = render_long();
    range_.first += range_.step * rendered;
    range_.count -= rendered;
    return {text_.get(), lengths_.data(), lengths_.data() + rendered};
  }

  std::size_t render_long() {
    if (text_bytes_ == kTextBytes) {
      text_bytes_ = content_->longest_line_bytes() + Content::kSlackBytes;
      text_ = std::make_unique_for_overwrite<char[]>(text_bytes_);
    }
    return content_->render(range_, {text_.get(), text_bytes_}, {lengths_.data(), 1});
  }

  Iterator::Batch next_observed() {
    if (started_) observer_->line_is_done();
    started_ = true;
    if (ahead_.length == ahead_.end) ahead_ = render();
    if (ahead_.length == ahead_.end) return ahead_;
    const Iterator::Batch one{ahead_.text, ahead_.length, ahead_.length + 1};
    ahead_.text += *ahead_.length++;
    observer_->line_is_due();
    return one;
  }

  const Content* content_;
  LineRange range_;
  LineObserver* observer_;
  std::unique_ptr<char[]> text_;
  std::size_t text_bytes_ = kTextBytes;
  std::vector<std::uint32_t> lengths_;
  Iterator::Batch ahead_;  // with an observer: rendered and not yet handed out
  bool started_ = false;
};

}  // namespace writebench
