// How a wrong file is analysed if its lines are not unique.
//
// Texts are counted in the file and in the job: a text that occurs too seldom is lost, one that occurs too often is
// doubled, and one that the job does not have is torn. Counting all texts would take memory that grows with the file.
// So a first pass sorts texts into buckets by hash. Each bucket adds the hashes of the job's lines and subtracts those
// of the file's, so that it is zero if both are the same. A second pass counts only the texts of the other buckets; if
// damage is everywhere, only of as many buckets as there is room for.
//
// The order is followed from the start of the file to the first piece that cannot be right; no damage can be shown
// before it. If this is the end of the file, or a last piece that the next line starts with, the file was cut. If no
// text occurs too often or too seldom, lines are out of order; how many is unknown, because equal lines have no
// numbers.
#include "engine/verification/damage_by_text.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <random>
#include <tuple>
#include <unordered_map>

#include "engine/verification/interleaving.hpp"

namespace writebench::engine {
namespace {

bool is_whole(const Piece& piece) { return piece.ended && !piece.text.empty(); }

// How often a text occurs.
struct Tally {
  std::uint64_t in_job = 0;
  std::uint64_t in_file = 0;
  std::uint64_t met = 0;  // so far in the current search for its place

  std::uint64_t lost() const { return in_job > in_file ? in_job - in_file : 0; }
  std::uint64_t doubled() const { return in_job != 0 && in_file > in_job ? in_file - in_job : 0; }
};

// The texts that do not occur as often in the file as in the job, or some of them. All methods may throw what reading
// the file or the content throws.
class Texts {
 public:
  Texts(BlockReader& file, const Content& content, std::size_t most)
      : most_(most),
        sums_(std::bit_ceil(std::clamp<std::uint64_t>(content.lines() + file.file_bytes() / 16, 64, kMostBuckets))),
        counted_buckets_(sums_.size()) {
    add_up(file, content);
    for_each_piece(file, [&](const Piece& piece) {
      if (Tally* const tally = is_whole(piece) ? find_or_add(piece.text) : nullptr) ++tally->in_file;
      return true;
    });
    for (const std::string_view line : Lines(content, {0, 1, content.lines()})) {
      if (Tally* const tally = find_or_add(line)) ++tally->in_job;
    }
    std::erase_if(tallies_, [](const auto& entry) { return entry.second.in_job == entry.second.in_file; });
  }

  /// Null if the text occurs as often as it should, or is not counted.
  Tally* find(std::string_view text) {
    const auto found = tallies_.find(hash_of(text).low64);
    return found == tallies_.end() ? nullptr : &found->second;
  }

  /// Whether all such texts are counted.
  bool complete() const { return counted_buckets_ == sums_.size(); }

  std::uint64_t sum(std::uint64_t (Tally::*lines)() const) const {
    std::uint64_t sum = 0;
    for (const auto& [key, tally] : tallies_) sum += (tally.*lines)();
    return sum;
  }

 private:
  static constexpr std::uint64_t kMostBuckets = std::uint64_t{1} << 20;

  // The lower half is the text's key, whose last bits select its bucket; the upper half is added to the bucket.
  XXH128_hash_t hash_of(std::string_view text) const { return XXH3_128bits_withSeed(text.data(), text.size(), seed_); }

  std::size_t bucket_of(std::uint64_t key) const { return key & (sums_.size() - 1); }

  void add_up(BlockReader& file, const Content& content) {
    for (const std::string_view line : Lines(content, {0, 1, content.lines()})) {
      const XXH128_hash_t hash = hash_of(line);
      sums_[bucket_of(hash.low64)] += hash.high64;
    }
    for_each_piece(file, [&](const Piece& piece) {
      if (!is_whole(piece)) return true;
      const XXH128_hash_t hash = hash_of(piece.text);
      sums_[bucket_of(hash.low64)] -= hash.high64;
      return true;
    });
  }

  Tally* find_or_add(std::string_view text) {
    const std::uint64_t key = hash_of(text).low64;
    const std::size_t bucket = bucket_of(key);
    if (sums_[bucket] == 0 || bucket >= counted_buckets_) return nullptr;
    if (tallies_.size() >= most_ && !tallies_.contains(key)) {
      count_fewer_buckets();
      if (bucket >= counted_buckets_) return nullptr;
    }
    return &tallies_[key];
  }

  // Drops half of the buckets that have something to count.
  void count_fewer_buckets() {
    std::uint64_t left = 0;
    for (std::size_t bucket = 0; bucket < counted_buckets_; ++bucket) left += sums_[bucket] != 0;
    if (left == 1) return;
    for (left -= left / 2; left != 0;) left -= sums_[--counted_buckets_] != 0;
    std::erase_if(tallies_, [this](const auto& entry) { return bucket_of(entry.first) >= counted_buckets_; });
  }

  const std::size_t most_;
  const std::uint64_t seed_ = std::random_device{}();
  std::vector<std::uint64_t> sums_;  // one for each bucket; 0 if it has nothing to count
  std::size_t counted_buckets_;
  std::unordered_map<std::uint64_t, Tally> tallies_;
};

class ExaminationByText {
 public:
  ExaminationByText(BlockReader& file, const Content& content, Order order, unsigned writers, std::size_t texts_counted)
      : file_(file), content_(content) {
    if (order != Order::kNone) follow_order(order == Order::kPerWriter ? writers : 1);
    texts_.emplace(file, content, texts_counted);
  }

  std::vector<Damage> run() {
    look_at_pieces();
    judge_what_is_missing();
    if (damages_.empty() && first_wrong_) {
      damages_.push_back({Damage::Kind::kReordered, 1, first_wrong_->line, first_wrong_->offset_bytes, true});
    }
    if (file_.stopped()) return {};
    std::sort(damages_.begin(), damages_.end(), [](const Damage& a, const Damage& b) {
      return std::tie(a.first_offset_bytes, a.kind) < std::tie(b.first_offset_bytes, b.kind);
    });
    return std::move(damages_);
  }

 private:
  // Consecutive pieces that are not lines of the job.
  struct Gap {
    std::uint64_t pieces = 0;
    std::uint64_t bytes = 0;
    std::uint64_t first_line = 0;
    std::uint64_t first_offset_bytes = 0;
    bool is_short_and_unended = false;  // the last piece; it may then be the start of a line
  };

  struct Place {
    std::uint64_t line = 0;
    std::uint64_t offset_bytes = 0;
  };

  // Finds the first piece that cannot be any writer's next line, unless the search was not exhaustive; or finds that
  // the file is the start of a right one.
  void follow_order(unsigned writers) {
    Interleaving order(content_, writers);
    for_each_piece(file_, [&](const Piece& piece) { return is_whole(piece) && order.take(piece.text); });
    order.finish();
    taken_ = order.taken();
    for (unsigned writer = 0; writer < writers; ++writer) next_.push_back(order.next_of(writer));
    std::uint64_t line = 0;
    is_start_ = for_each_piece(file_, [&](const Piece& piece) {
      if (line++ != taken_) return true;
      first_wrong_ = Place{taken_, piece.offset_bytes};
      return !piece.ended && is_start_of_a_next_line(piece.text);
    });
    if (is_start_) {
      first_wrong_.reset();
    } else if (order.gave_up_some()) {
      first_wrong_.reset();
      next_.clear();
    }
  }

  bool is_start_of_a_next_line(std::string_view text) const {
    return !text.empty() && std::any_of(next_.begin(), next_.end(), [&](std::uint64_t next) {
      if (next >= content_.lines()) return false;
      Lines line(content_, {next, 1, 1});
      return (*line.begin()).starts_with(text);
    });
  }

  void look_at_pieces() {
    Damage doubled{Damage::Kind::kDoubled, texts_->sum(&Tally::doubled), 0, 0, !texts_->complete()};
    bool is_placed = false;
    std::uint64_t line = 0;
    for_each_piece(file_, [&](const Piece& piece) {
      Tally* const tally = is_whole(piece) ? texts_->find(piece.text) : nullptr;
      if (!is_whole(piece) || (tally != nullptr && tally->in_job == 0)) {
        widen_gap(piece, line);
      } else {
        add_torn();
        gap_ = {};
        if (!is_placed && tally != nullptr && is_doubled(*tally, piece)) {
          is_placed = true;
          doubled.first_line = line;
          doubled.first_offset_bytes = piece.offset_bytes;
        }
      }
      ++line;
      return true;
    });
    add(doubled);
  }

  // Whether this piece is one occurrence too many: if there is a first wrong place, any occurrence after it; otherwise
  // any after the text has occurred as often as it should.
  bool is_doubled(Tally& tally, const Piece& piece) const {
    if (tally.doubled() == 0) return false;
    if (first_wrong_) return piece.offset_bytes >= first_wrong_->offset_bytes;
    return ++tally.met > tally.in_job;
  }

  void widen_gap(const Piece& piece, std::uint64_t line) {
    if (gap_.pieces == 0) {
      gap_.first_line = line;
      gap_.first_offset_bytes = piece.offset_bytes;
    }
    ++gap_.pieces;
    gap_.bytes += piece.bytes;
    gap_.is_short_and_unended = !piece.ended && piece.bytes < content_.longest_line_bytes();
  }

  void add_torn() {
    if (torn_.count == 0) {
      torn_.first_line = gap_.first_line;
      torn_.first_offset_bytes = gap_.first_offset_bytes;
    }
    torn_.count += gap_.pieces;
  }

  void judge_what_is_missing() {
    const bool at_least = !texts_->complete();
    Damage lost{Damage::Kind::kLost, texts_->sum(&Tally::lost), 0, file_.file_bytes(), at_least};
    if (is_start_) {
      lost = {Damage::Kind::kTruncated, content_.lines() - taken_, 0, file_.file_bytes()};
    } else if (lost.count == 0) {
      add({Damage::Kind::kTrailingGarbage, gap_.bytes, gap_.first_line, gap_.first_offset_bytes, at_least});
      gap_ = {};
    }
    const bool may_be_cut = is_start_ || (next_.empty() && gap_.pieces == 1 && gap_.is_short_and_unended);
    if (gap_.pieces != 0 && may_be_cut) {
      lost.kind = Damage::Kind::kTruncated;
      lost.first_offset_bytes = gap_.first_offset_bytes;
    } else {
      add_torn();
    }
    torn_.at_least = at_least;
    add(torn_);
    if (lost.count == 0) return;
    if (first_wrong_) lost.first_offset_bytes = first_wrong_->offset_bytes;
    if (damages_.empty() && next_.empty() && lacks_the_last(lost.count)) lost.kind = Damage::Kind::kTruncated;
    lost.first_line = first_missing();
    add(lost);
  }

  // Whether the missing lines are the last ones of the job.
  bool lacks_the_last(std::uint64_t count) {
    for (const std::string_view line : Lines(content_, {content_.lines() - count, 1, count})) {
      Tally* const tally = texts_->find(line);
      if (tally == nullptr || tally->met++ == tally->lost()) return false;
    }
    return texts_->complete();
  }

  // The first line of the job that may be missing.
  std::uint64_t first_missing() {
    if (is_start_) return *std::min_element(next_.begin(), next_.end());
    std::uint64_t number = 0;
    for (const std::string_view line : Lines(content_, {0, 1, content_.lines()})) {
      const bool is_behind = !first_wrong_ || number >= next_[number % next_.size()];
      if (const Tally* const tally = is_behind ? texts_->find(line) : nullptr; tally && tally->lost() != 0) break;
      ++number;
    }
    return number;
  }

  void add(const Damage& damage) {
    if (damage.count != 0) damages_.push_back(damage);
  }

  BlockReader& file_;
  const Content& content_;
  std::vector<std::uint64_t> next_;  // each writer's next line at first_wrong_; empty if no order is known
  std::optional<Place> first_wrong_;
  bool is_start_ = false;    // whether the file is the start of a right one
  std::uint64_t taken_ = 0;  // if so, how many lines it has
  std::optional<Texts> texts_;
  std::vector<Damage> damages_;
  Damage torn_{Damage::Kind::kTorn};
  Gap gap_;
};

}  // namespace

std::vector<Damage> find_damage_by_text(BlockReader& file, const Content& content, Order order, unsigned writers,
                                        std::size_t texts_counted) {
  return ExaminationByText(file, content, order, writers, texts_counted).run();
}

}  // namespace writebench::engine
