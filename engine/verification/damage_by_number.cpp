// The file is a sequence of pieces, each ended by a newline. A piece that is a line of the job is identified by its
// number, whatever stands around it, so one lost line does not make all later lines look reordered. Any other piece
// waits in a gap: if another line follows, the gap is torn; if the file ends, the gap came after all lines.
//
// The kinds of damage:
//
// - doubled: the number was seen before
// - reordered: the number was not seen before, but a greater one of the same writer was
// - lost: the number was never seen, but a greater one of the same writer was, or a torn piece follows that writer's
//   last line, which may have been this one. A torn line is nowhere whole, so it counts as lost too: if writers mix,
//   the file does not show which line was torn.
// - truncated: neither this number nor a later one of its writer was seen; the file may end within the first such line
// - garbage: bytes after the last line of a file that is complete up to there
// - misplaced: a line that belongs to another file of the job
//
// Without an order, all lines count as those of one writer, and a file that ends within a line has lost no line
// elsewhere.
#include "engine/verification/damage_by_number.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>

namespace writebench::engine {
namespace {

constexpr std::uint64_t kNowhere = UINT64_MAX;

// At most one damage of each kind.
class Findings {
 public:
  void add(const Damage& damage) {
    if (damage.count == 0) return;
    const auto same = std::find_if(damages_.begin(), damages_.end(), [&](auto& d) { return d.kind == damage.kind; });
    if (same == damages_.end()) {
      damages_.push_back(damage);
      return;
    }
    const std::uint64_t count = same->count + damage.count;
    if (damage.first_offset_bytes < same->first_offset_bytes) *same = damage;
    same->count = count;
  }

  std::vector<Damage> by_offset() {
    std::sort(damages_.begin(), damages_.end(), [](const Damage& a, const Damage& b) {
      return std::tie(a.first_offset_bytes, a.kind) < std::tie(b.first_offset_bytes, b.kind);
    });
    return std::move(damages_);
  }

 private:
  std::vector<Damage> damages_;
};

// Which of `count` consecutive line numbers have been seen.
class Seen {
 public:
  Seen(std::uint64_t first, std::uint64_t count) : first_(first), count_(count), bits_(count / 64 + 1) {}

  bool covers(std::uint64_t number) const { return number - first_ < count_; }

  /// False if it was there already.
  bool insert(std::uint64_t number) {
    std::uint64_t& word = bits_[(number - first_) / 64];
    const std::uint64_t bit = std::uint64_t{1} << (number - first_) % 64;
    const bool is_new = (word & bit) == 0;
    word |= bit;
    return is_new;
  }

  /// The smallest number below `end` that was not seen and that `wanted` accepts.
  template <class Wanted>
  std::optional<std::uint64_t> first_unseen(std::uint64_t end, Wanted wanted) const {
    for (std::uint64_t i = 0; i < std::min(count_, end - first_); ++i) {
      if (i % 64 == 0 && bits_[i / 64] == ~std::uint64_t{0}) {
        i += 63;
      } else if ((bits_[i / 64] >> i % 64 & 1) == 0 && wanted(first_ + i)) {
        return first_ + i;
      }
    }
    return std::nullopt;
  }

 private:
  std::uint64_t first_;
  std::uint64_t count_;
  std::vector<std::uint64_t> bits_;
};

// Consecutive pieces that are not lines of the job.
struct Gap {
  std::uint64_t pieces = 0;
  std::uint64_t bytes = 0;
  std::uint64_t first_line = 0;
  std::uint64_t first_offset_bytes = 0;
  std::string unended;  // the last piece if it has no newline and is short enough to be the start of a line
};

// Lines that are not in the file.
struct Missing {
  std::uint64_t count = 0;
  std::uint64_t first = UINT64_MAX;

  Missing operator+(const Missing& other) const { return {count + other.count, std::min(first, other.first)}; }
};

// How far one writer has come in the file.
struct Writer {
  std::uint64_t next = 0;  // its first line after all lines read so far
  std::uint64_t last_offset_bytes = 0;
};

class Examination {
 public:
  Examination(BlockReader& file, const Content& content, Order order, unsigned writers, std::uint64_t lines_per_pass,
              const IsOfAnotherFile& is_of_another_file)
      : file_(file),
        content_(content),
        ordered_(order != Order::kNone),
        lines_(order == Order::kNothing ? 0 : content.lines()),
        lines_per_pass_(lines_per_pass),
        is_of_another_file_(is_of_another_file),
        writers_(order == Order::kPerWriter ? writers : 1) {}

  std::vector<Damage> run() {
    std::uint64_t first = 0;
    do {  // stops at the greatest number in the file, which the first pass finds
      read_for(first, std::min(lines_ - first, lines_per_pass_));
      first += lines_per_pass_;
    } while (first < numbers_end_ && !file_.stopped());
    judge_what_is_missing();
    if (file_.stopped()) return {};
    return findings_.by_offset();
  }

 private:
  std::uint64_t writer_of(std::uint64_t number) const { return number % writers_.size(); }

  std::optional<std::uint64_t> number_of(const Piece& piece) const {
    if (lines_ == 0) return std::nullopt;
    return content_.number_of(piece.text);
  }

  // One pass over the file that marks `count` numbers from `first` on. The first pass also counts what does not depend
  // on the marks, because it is the same in every pass.
  void read_for(std::uint64_t first, std::uint64_t count) {
    Seen seen(first, count);
    for (std::size_t i = 0; i < writers_.size(); ++i) writers_[i] = {i, 0};
    gap_ = {};
    std::uint64_t file_line = 0;
    for_each_piece(file_, [&](const Piece& piece) {
      if (const std::optional<std::uint64_t> number = number_of(piece)) {
        if (first == 0) add_torn();
        gap_ = {};
        place(*number, file_line, piece.offset_bytes, seen);
      } else if (is_of_another_file_ && is_of_another_file_(piece.text)) {
        if (first == 0) {
          add_torn();
          findings_.add({Damage::Kind::kMisplaced, 1, file_line, piece.offset_bytes});
        }
        gap_ = {};
      } else {
        widen_gap(piece, file_line);
      }
      ++file_line;
      return true;
    });
    if (first_lost_) return;
    first_lost_ = seen.first_unseen(std::max(first, numbers_end_),
                                    [&](std::uint64_t number) { return number < writers_[writer_of(number)].next; });
  }

  void place(std::uint64_t number, std::uint64_t file_line, std::uint64_t offset_bytes, Seen& seen) {
    Writer& writer = writers_[writer_of(number)];
    if (seen.covers(number)) {
      if (!seen.insert(number)) {
        findings_.add({Damage::Kind::kDoubled, 1, file_line, offset_bytes});
      } else {
        ++distinct_lines_;
        if (ordered_ && number < writer.next) findings_.add({Damage::Kind::kReordered, 1, file_line, offset_bytes});
      }
    }
    writer.next = std::max(writer.next, number + writers_.size());
    if (ordered_) writer.last_offset_bytes = offset_bytes;  // without an order, no line comes after another
    numbers_end_ = std::max(numbers_end_, number + 1);
  }

  void widen_gap(const Piece& piece, std::uint64_t file_line) {
    if (gap_.pieces == 0) {
      gap_.first_line = file_line;
      gap_.first_offset_bytes = piece.offset_bytes;
    }
    ++gap_.pieces;
    gap_.bytes += piece.bytes;
    if (!piece.ended && piece.bytes < content_.longest_line_bytes()) gap_.unended = piece.text;
  }

  void add_torn() {
    findings_.add({Damage::Kind::kTorn, gap_.pieces, gap_.first_line, gap_.first_offset_bytes});
    if (gap_.pieces != 0) torn_end_bytes_ = gap_.first_offset_bytes + gap_.bytes;
  }

  // After the last pass: each writer is at its last line, and the gap holds what follows the last line of the file.
  void judge_what_is_missing() {
    const Missing at_end = missing_at_end(true) + missing_at_end(false);
    Missing lost{lines_ - distinct_lines_ - at_end.count, first_lost_.value_or(UINT64_MAX)};
    const Missing owed = ordered_ ? at_end : lost + at_end;  // the lines that the gap may stand for
    const bool is_cut = owed.count != 0 && gap_is_start_of_a_line();
    if (owed.count == 0) {
      findings_.add({Damage::Kind::kTrailingGarbage, gap_.bytes, gap_.first_line, gap_.first_offset_bytes});
    } else if (!is_cut) {
      add_torn();
    }
    Missing truncated = missing_at_end(false);
    lost = lost + missing_at_end(true);
    if (is_cut && !ordered_) {
      truncated = owed;
      lost = {};
    }
    const std::uint64_t end_bytes = is_cut ? gap_.first_offset_bytes : file_.file_bytes();
    findings_.add({Damage::Kind::kTruncated, truncated.count, truncated.first, end_bytes});
    if (lost.count != 0) findings_.add({Damage::Kind::kLost, lost.count, lost.first, place_of(lost.first)});
  }

  // The lines that writers lack after their last line: only of the writers that do (or do not) have a torn piece after
  // it.
  Missing missing_at_end(bool torn) const {
    Missing missing;
    for (const Writer& writer : writers_) {
      if (writer.next >= lines_ || (torn_end_bytes_ > writer.last_offset_bytes) != torn) continue;
      missing = missing + Missing{(lines_ - 1 - writer.next) / writers_.size() + 1, writer.next};
    }
    return missing;
  }

  // Without an order any line may have been cut, and there may be too many to try them all, so only the length is
  // checked.
  bool gap_is_start_of_a_line() const {
    if (gap_.pieces != 1 || gap_.unended.empty()) return false;
    return !ordered_ || std::any_of(writers_.begin(), writers_.end(), [&](const Writer& writer) {
      if (writer.next >= lines_) return false;
      Lines line(content_, {writer.next, 1, 1});
      return (*line.begin()).starts_with(gap_.unended);
    });
  }

  // The offset at which a lost line should be: after the line before it of the same writer, or at a torn piece between
  // that line and the writer's next one.
  std::uint64_t place_of(std::uint64_t lost) {
    std::uint64_t place = 0;
    std::uint64_t torn = kNowhere;
    for_each_piece(file_, [&](const Piece& piece) {
      const std::optional<std::uint64_t> number = number_of(piece);
      if (!number) {
        torn = std::min(torn, piece.offset_bytes);
      } else if (writer_of(*number) == writer_of(lost)) {
        if (*number > lost) return false;
        place = piece.offset_bytes + piece.bytes;
        torn = kNowhere;
      }
      return true;
    });
    return torn == kNowhere ? place : torn;
  }

  BlockReader& file_;
  const Content& content_;
  const bool ordered_;
  const std::uint64_t lines_;
  const std::uint64_t lines_per_pass_;
  const IsOfAnotherFile& is_of_another_file_;
  Findings findings_;
  std::vector<Writer> writers_;
  Gap gap_;
  std::uint64_t torn_end_bytes_ = 0;  // where the last torn piece ends
  std::uint64_t distinct_lines_ = 0;
  std::uint64_t numbers_end_ = 0;  // the greatest number in the file, plus one
  std::optional<std::uint64_t> first_lost_;
};

}  // namespace

std::vector<Damage> find_damage(BlockReader& file, const Content& content, Order order, unsigned writers,
                                std::uint64_t lines_per_pass, const IsOfAnotherFile& is_of_another_file) {
  return Examination(file, content, order, writers, lines_per_pass, is_of_another_file).run();
}

}  // namespace writebench::engine
