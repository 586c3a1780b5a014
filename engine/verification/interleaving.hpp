#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "writebench/lines.hpp"

namespace writebench::engine {

/// Finds out, line by line, whether what it is given can be the strided shares of `writers` writers, mixed: each
/// writer's lines in order. Lines need not be different from each other, so that one may be the next of several
/// writers; then all possibilities are followed at once, equal ones as one, until those that were wrong come to an end.
/// Lines are known by 64 bits of a hash whose seed differs from run to run.
///
/// To decide this for all inputs takes time that grows beyond all bounds with the number of writers. So possibilities
/// are limited in number and in how far they may lie apart; beyond that some are given up, the less likely ones first.
/// What is found to be right is so all the same, but that nothing is possible is then no proof. Memory does not grow
/// with the lines: some MiB (1 KiB a writer where there are more than 8192), and one line. Not thread-safe. What
/// `content` throws may leave all calls but the last three.
class Interleaving {
 public:
  Interleaving(const Content& content, unsigned writers);

  /// Takes the next line. False once a line, this one or one before it, has turned out to be no writer's next one.
  bool take(std::string_view line);

  /// Decides on the lines that were looked at ahead of their turn. False as from take(); otherwise all were right.
  bool finish();

  /// How many lines have been found to be some writer's next one: all that were given, or those before the first wrong.
  std::uint64_t taken() const { return taken_; }

  /// Whether possibilities were given up, so that a false from take() since then proves nothing.
  bool gave_up_some() const { return gave_up_some_; }

  /// The next line of `writer` in the likeliest of the possibilities left; content.lines() or more after its last.
  std::uint64_t next_of(unsigned writer) const;

 private:
  // The hashes of a writer's next lines: those of its lines from `first` up to `end`.
  struct Writer {
    std::uint64_t lines = 0;
    std::uint64_t first = 0;
    std::uint64_t end = 0;
  };
  // A hypothesis: how many lines of each writer were taken stands in cursors_, all possibilities one after the other.
  // The less likely, the more its lines could have waited for others and, where that is equal, the less evenly far its
  // writers have come.
  struct State {
    std::uint64_t key = 0;         // a hash of the cursors
    std::uint64_t slack = 0;       // the sum of that of its lines
    std::uint64_t unevenness = 0;  // the sum of the cursors' squares
    std::size_t last_writer = 0;   // who wrote the last line
  };
  // A hypothesis for after the line that is being taken.
  struct Step {
    State state;
    std::size_t from = 0;  // the one before
  };
  // Where a line of a writer must stand at the latest.
  struct Deadline {
    std::uint64_t line = UINT64_MAX;
    std::uint64_t place = 0;
    std::uint64_t good_until = 0;  // taken_, when another look may show more
  };
  // A place in a table by hash: how many things are there, and the sum of their numbers, so that one alone is known.
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
  static constexpr std::uint64_t kNoPlace = UINT64_MAX;  // in the lines to come
  static constexpr std::uint64_t kManyPlaces = UINT64_MAX - 1;

  const Content& content_;
  const std::uint64_t seed_;
  const std::size_t window_;  // hashes kept of each writer: a power of two
  std::vector<Writer> writers_;
  std::vector<std::uint64_t> hashes_;
  std::vector<char> text_;
  std::vector<std::uint32_t> lengths_;

  std::vector<State> states_;
  std::vector<std::uint64_t> cursors_;
  std::vector<std::uint64_t> next_;  // of each writer, where there is one hypothesis only
  std::vector<Place> writers_by_next_;

  std::vector<std::uint64_t> coming_;  // hashes of the next lines to be taken: a ring
  std::vector<Deadline> deadlines_;
  std::vector<bool> repeated_;  // by hash: lines that were the next of several writers
  std::uint64_t given_ = 0;
  std::uint64_t taken_ = 0;

  std::vector<Step> steps_;
  std::vector<State> new_states_;
  std::vector<std::uint64_t> new_cursors_;
  const std::size_t limit_;  // of most_states_
  std::size_t most_states_;
  std::uint64_t last_ambiguous_ = 0;
  std::uint64_t work_ = 0;  // done to follow several possibilities
  bool gave_up_some_ = false;
};

}  // namespace writebench::engine
