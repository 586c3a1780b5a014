#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "writebench/lines.hpp"

namespace writebench::engine {

/// Decides, line by line, whether the lines given to it can be the strided shares of `writers` writers, mixed: each
/// writer's lines in order. Lines need not be unique, so a line may be the next of several writers. Then all hypotheses
/// are followed at once, with equal ones merged, until the wrong ones fail. Lines are identified by a 64-bit hash whose
/// seed differs from run to run.
///
/// The time for an exact decision would grow without bound with the number of writers. So this is a beam search: it
/// limits the number of hypotheses and how far they may lie apart, and drops the less likely ones beyond that (earliest
/// deadline first). A positive answer is a proof all the same; a negative one is a proof only if no hypothesis was
/// dropped. Memory does not grow with the lines: some MiB (1 KiB a writer if there are more than 8192), and one line.
/// Not thread-safe. All calls but the last three may throw what `content` throws.
class Interleaving {
 public:
  Interleaving(const Content& content, unsigned writers);

  /// Takes the next line. False once this line, or an earlier one, cannot be any writer's next line.
  bool take(std::string_view line);

  /// Decides on the lines that were collected ahead. False as from take(); true if all lines were right.
  bool finish();

  /// The number of lines found to be some writer's next one: all that were given, or those before the first wrong one.
  std::uint64_t taken() const { return taken_; }

  /// Whether hypotheses were dropped. If so, a later false from take() proves nothing.
  bool gave_up_some() const { return gave_up_some_; }

  /// The next line of `writer` in the likeliest hypothesis; content.lines() or more after its last line.
  std::uint64_t next_of(unsigned writer) const;

 private:
  // The hashes of a writer's lines from `first` up to, but not including, `end`.
  struct Writer {
    std::uint64_t lines = 0;
    std::uint64_t first = 0;
    std::uint64_t end = 0;
  };
  // A hypothesis. Its cursors, the number of lines taken from each writer, are in cursors_, where the hypotheses follow
  // one another. The likeliest hypothesis has the least slack; among those with equal slack, the one whose cursors are
  // most even.
  struct State {
    std::uint64_t key = 0;         // a hash of the cursors
    std::uint64_t slack = 0;       // the sum of the slack of its lines
    std::uint64_t unevenness = 0;  // the sum of the cursors' squares
    std::size_t last_writer = 0;   // the writer of the last line
  };
  // A hypothesis that includes the line being taken.
  struct Step {
    State state;
    std::size_t from = 0;  // the index of the hypothesis that it extends
  };
  // The last place at which a line of a writer can stand.
  struct Deadline {
    std::uint64_t line = UINT64_MAX;
    std::uint64_t place = 0;
    std::uint64_t good_until = 0;  // the value of taken_ from which on a new search may find more
  };
  // An entry in a hash table: how many items it has and the sum of their numbers, which identifies a single item.
  struct Place {
    std::uint32_t count = 0;
    std::uint32_t sum = 0;

    void add(std::uint32_t number) {
      ++count;
      sum += number;
    }
    void remove(std::uint32_t number) {
      --count;
      sum -= number;
    }
  };

  std::uint64_t hash(std::string_view line) const;
  std::uint64_t& hash_of(std::size_t writer, std::uint64_t line) {
    return hashes_[writer * window_ + (line & (window_ - 1))];
  }
  std::uint64_t next_hash(std::size_t writer, std::uint64_t line) {
    return line == writers_[writer].lines ? kNone : hash_of(writer, line);
  }
  std::uint64_t& coming(std::uint64_t place) { return coming_[place & (coming_.size() - 1)]; }
  std::uint64_t coming(std::uint64_t place) const { return coming_[place & (coming_.size() - 1)]; }
  std::vector<bool>::reference repeated(std::uint64_t hash) { return repeated_[(hash >> 1) % repeated_.size()]; }
  static Place& place_in(std::vector<Place>& table, std::uint64_t hash) {
    return table[(hash >> 1) & (table.size() - 1)];
  }
  void make_next(std::size_t writer, std::uint64_t hash);
  bool look_ahead(std::size_t writer, std::uint64_t line);
  void render_ahead(std::size_t writer);

  bool take_oldest();
  bool take_hash(std::uint64_t hash);
  void advance(std::size_t writer);
  std::uint64_t slack(std::size_t writer, std::uint64_t line, std::size_t last_writer);
  Deadline find_deadline(std::size_t writer, std::uint64_t line);
  std::uint64_t only_place(std::uint64_t hash);
  bool take_ambiguous(std::uint64_t hash);
  bool take_in_all(std::uint64_t hash);
  bool is_same(const Step& a, const Step& b) const;
  static bool is_likelier(const State& a, const State& b);
  void merge_and_limit();

  static constexpr std::uint64_t kNone = 0;              // the hash of no line
  static constexpr std::uint64_t kNoPlace = UINT64_MAX;  // not among the lines ahead
  static constexpr std::uint64_t kManyPlaces = UINT64_MAX - 1;

  const Content& content_;
  const std::uint64_t seed_;
  const std::size_t window_;  // hashes kept for each writer; a power of two
  std::vector<Writer> writers_;
  std::vector<std::uint64_t> hashes_;
  std::vector<char> text_;
  std::vector<std::uint32_t> lengths_;

  std::vector<State> states_;
  std::vector<std::uint64_t> cursors_;
  std::vector<std::uint64_t> next_;  // the hash of each writer's next line; valid for a single hypothesis
  std::vector<Place> writers_by_next_;

  std::vector<std::uint64_t> coming_;  // the hashes of the lines ahead: a ring
  std::vector<Deadline> deadlines_;
  std::vector<bool> repeated_;  // by hash: whether the line was the next of several writers
  std::uint64_t given_ = 0;
  std::uint64_t taken_ = 0;

  std::vector<Step> steps_;
  std::vector<State> new_states_;
  std::vector<std::uint64_t> new_cursors_;
  const std::size_t limit_;  // the largest value of most_states_
  std::size_t most_states_;
  std::uint64_t last_ambiguous_ = 0;
  std::uint64_t work_ = 0;  // the work done so far to follow several hypotheses
  bool gave_up_some_ = false;
};

}  // namespace writebench::engine
