#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "writebench/copy_line.hpp"
#include "writebench/strategy.hpp"

/// What strategies do, written down without the harness. A loop calls the kernel itself and aborts on any error. It
/// takes nothing from its job but the numbers of lines and writers, the options, and the descriptors or paths of the
/// files. It renders its lines in batches with the renderer of the harness, the fastest there is here, but walks no
/// Lines, and uses no Block and no File; it copies a line as Block does (copy_line). So the difference between a
/// strategy and its loop is what the harness and the strategy's own care cost.
///
/// The trial around both is the same: new files, a process of its own, clocks, and a check of every byte.
namespace writebench::bare {

/// The lines first, first + step, first + 2 step, … of the counter, one after the other. Renders some hundreds ahead.
/// Where a whole loop fits into each() or fill(), its place stays in registers, as a hand-written loop keeps it.
class CounterLines {
 public:
  explicit CounterLines(std::uint64_t lines, std::uint64_t first = 0, std::uint64_t step = 1)
      : content_(lines), left_{first, step, lines > first ? (lines - first - 1) / step + 1 : 0} {}

  /// Calls use(line) with each further line and its newline. A line is valid until `use` returns.
  template <class Use>
  void each(Use use) {
    while (has_line()) {
      const char* next = next_;
      const std::uint32_t* length = lengths_.data() + at_;
      const std::uint32_t* const end = lengths_.data() + rendered_;
      at_ = rendered_;
      for (; length < end; ++length) {
        const std::string_view line(next, *length);
        next += line.size();
        use(line);
      }
    }
  }

  /// Copies as many further lines as fit, and returns their bytes: 0 after the last line. Each line must fit.
  std::size_t fill(std::span<char> room) {
    char* to = room.data();
    char* const room_end = to + room.size();
    while (has_line()) {
      const char* next = next_;
      const std::uint32_t* length = lengths_.data() + at_;
      const std::uint32_t* const end = lengths_.data() + rendered_;
      for (; length < end && static_cast<std::ptrdiff_t>(*length) <= room_end - to; ++length) {
        copy_line(to, {next, *length});
        next += *length;
        to += *length;
      }
      next_ = next;
      at_ = static_cast<std::size_t>(length - lengths_.data());
      if (length < end) break;
    }
    return static_cast<std::size_t>(to - room.data());
  }

  /// The next line, or an empty view after the last one. Valid until the next call.
  std::string_view next() {
    if (!has_line()) return {};
    const std::string_view line(next_, lengths_[at_++]);
    next_ += line.size();
    return line;
  }

 private:
  bool has_line() {
    if (at_ < rendered_) return true;
    if (left_.count == 0) return false;
    rendered_ = content_.render(left_, text_, lengths_);
    left_.first += rendered_ * left_.step;
    left_.count -= rendered_;
    at_ = 0;
    next_ = text_.data();
    return true;
  }

  engine::NumberedLines content_;
  LineRange left_;
  std::vector<char> text_ = std::vector<char>(8192 + Content::kSlackBytes);
  std::vector<std::uint32_t> lengths_ = std::vector<std::uint32_t>(512);
  const char* next_ = nullptr;
  std::size_t at_ = 0;
  std::size_t rendered_ = 0;
};

/// One write(2), which must take everything.
inline void write(int descriptor, std::string_view bytes) {
  if (::write(descriptor, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
}

/// Memory for O_DIRECT: a buffer whose address and size are multiples of 4096.
class AlignedBuffer {
 public:
  explicit AlignedBuffer(std::size_t bytes)
      : bytes_((bytes + 4095) / 4096 * 4096), begin_(static_cast<char*>(std::aligned_alloc(4096, bytes_))) {
    std::fill_n(begin_.get(), bytes_, '\0');
  }

  char* begin() const { return begin_.get(); }
  std::size_t size() const { return bytes_; }
  std::size_t used = 0;

  /// Adds what fits of a line and returns the rest.
  std::string_view fill(std::string_view line) {
    const std::size_t count = std::min(line.size(), bytes_ - used);
    if (count > 0) copy_line(begin_.get() + used, line.substr(0, count));
    used += count;
    return line.substr(count);
  }

 private:
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };
  std::size_t bytes_;
  std::unique_ptr<char, Free> begin_;
};

/// The table's entry for the loop of a strategy: called `bare-STRATEGY`, with the strategy's contract, access and
/// options.
Descriptor entry(std::string_view strategy, std::function<std::unique_ptr<Strategy>()> make);

std::vector<Descriptor> caller_writes_loops();
std::vector<Descriptor> hand_off_loops();
std::vector<Descriptor> parallel_loops();
std::vector<Descriptor> durable_loops();
std::vector<Descriptor> io_uring_loops();  ///< none without liburing
std::vector<Descriptor> libraries_loops();
std::vector<Descriptor> page_cache_loops();
std::vector<Descriptor> legacy_loops();

}  // namespace writebench::bare
