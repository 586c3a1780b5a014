// This is a beam search with an earliest-deadline-first heuristic. Nearly always there is a single hypothesis. Then a
// line is looked up by its hash in a table of the writers' next lines, which costs two hashes a line: one for the line
// found and one for its successor. A line that is the next of several writers splits a hypothesis into one for each of
// them. Hypotheses are followed breadth first, because they merge again: whichever of two writers got the first of two
// equal lines, both have theirs after the second one. A depth-first search would try all combinations of such choices.
//
// Which hypotheses are dropped if there are too many decides whether the right one, or an equally good one, survives to
// the end. So lines are collected some way ahead of the search. If a writer's next line occurs exactly once among them,
// the writer must have had the line before it by then, and so on backwards: each line has a deadline. Giving each line
// to the writer with the earliest deadline is optimal for jobs of equal length, and so it is here if lines that occur
// only once are not rare.
#include "engine/verification/interleaving.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <random>
#include <tuple>

namespace writebench::engine {
namespace {

constexpr std::uint64_t kCalmLines = 1024;  // lines without ambiguity before the beam gets its full width again
constexpr std::size_t kNumbers = std::size_t{1} << 17;  // hashes of all writers, and cursors of all hypotheses
constexpr std::size_t kComingPerWriter = 16;
constexpr std::size_t kDeadlines = 8;
constexpr std::size_t kRepeated = std::size_t{1} << 20;
constexpr std::uint64_t kLinesToAnchor = 16;  // of one writer
constexpr std::size_t kTextBytes = std::size_t{16} << 10;
// In units of one writer in one hypothesis, the average for each line; above it, only one hypothesis is followed.
constexpr std::uint64_t kWorkPerLine = 256;
constexpr std::uint64_t kWorkAtFirst = 1 << 23;
constexpr std::uint64_t kWorkPerStep = 64;

std::uint64_t mix(std::uint64_t writer, std::uint64_t line) {
  std::uint64_t z = (line + 1) * 0x9e3779b97f4a7c15 ^ (writer + 1) * 0xd1b54a32d192ed03;
  z = (z ^ z >> 32) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 29) * 0x94d049bb133111eb;
  return z ^ z >> 32;
}

}  // namespace

Interleaving::Interleaving(const Content& content, unsigned writers)
    : content_(content),
      seed_(std::uint64_t{std::random_device{}()} << 32 | std::random_device{}()),
      window_(std::clamp<std::size_t>(std::bit_floor(kNumbers / writers), 16, 1024)),
      writers_(writers),
      hashes_(window_ * writers),
      text_(kTextBytes + Content::kSlackBytes),
      lengths_(window_),
      states_(1),
      cursors_(writers),
      next_(writers, kNone),
      writers_by_next_(std::bit_ceil(std::size_t{16} * writers)),
      coming_(std::clamp<std::size_t>(std::bit_ceil(kComingPerWriter * writers), 256, 4096)),
      deadlines_(kDeadlines * writers),
      repeated_(kRepeated),
      limit_(std::clamp<std::size_t>(kNumbers / writers, 8, 256)),
      most_states_(limit_) {
  const std::uint64_t lines = content.lines();
  for (std::size_t writer = 0; writer < writers; ++writer) {
    if (writer < lines) writers_[writer].lines = (lines - writer - 1) / writers + 1;
    look_ahead(writer, 0);
    make_next(writer, next_hash(writer, 0));
  }
}

std::uint64_t Interleaving::hash(std::string_view line) const {
  return XXH3_64bits_withSeed(line.data(), line.size(), seed_) | 1;
}

void Interleaving::make_next(std::size_t writer, std::uint64_t hash) {
  const auto id = static_cast<std::uint32_t>(writer);
  if (next_[writer] != kNone) place_in(writers_by_next_, next_[writer]).remove(id);
  if (hash != kNone) place_in(writers_by_next_, hash).add(id);
  next_[writer] = hash;
}

// Makes sure that the hash of the writer's line number `line` is available. False if that line is too far ahead of the
// hypothesis that is furthest behind.
bool Interleaving::look_ahead(std::size_t writer, std::uint64_t line) {
  Writer& ahead = writers_[writer];
  if (line < ahead.end || line == ahead.lines) return true;
  ahead.first = line;
  for (std::size_t i = writer; i < cursors_.size(); i += writers_.size()) {
    ahead.first = std::min(ahead.first, cursors_[i]);
  }
  if (line - ahead.first >= window_) return false;
  render_ahead(writer);
  return true;
}

void Interleaving::render_ahead(std::size_t writer) {
  Writer& ahead = writers_[writer];
  const std::uint64_t count = std::min(ahead.lines - ahead.end, ahead.first + window_ - ahead.end);
  const LineRange range{writer + ahead.end * writers_.size(), writers_.size(), count};
  std::size_t rendered = content_.render(range, text_, lengths_);
  if (rendered == 0) {
    text_.resize(content_.longest_line_bytes() + Content::kSlackBytes);
    rendered = content_.render(range, text_, lengths_);
  }
  const char* line = text_.data();
  for (std::size_t i = 0; i < rendered; ++i) {
    hash_of(writer, ahead.end++) = hash({line, lengths_[i]});
    line += lengths_[i];
  }
}

bool Interleaving::take(std::string_view line) {
  if (given_ - taken_ == coming_.size() && !take_oldest()) return false;
  coming(given_++) = hash(line);
  return true;
}

bool Interleaving::finish() {
  while (taken_ != given_) {
    if (!take_oldest()) return false;
  }
  return true;
}

bool Interleaving::take_oldest() {
  const bool taken = take_hash(coming(taken_));
  taken_ += taken;
  return taken;
}

bool Interleaving::take_hash(std::uint64_t hash) {
  if (states_.size() > 1) return take_in_all(hash);
  const Place place = place_in(writers_by_next_, hash);
  if (place.count != 1) return place.count != 0 && take_ambiguous(hash);
  if (next_[place.sum] != hash) return false;
  advance(place.sum);
  return true;
}

// Takes the line if there is one hypothesis, and one writer who can have written it.
void Interleaving::advance(std::size_t writer) {
  states_.front().last_writer = writer;
  const std::uint64_t line = ++cursors_[writer];
  look_ahead(writer, line);  // cannot fail: it is the only hypothesis
  make_next(writer, next_hash(writer, line));
}

// The number of lines for which this line of the writer can wait without delaying the writer's next ones, as far as the
// lines collected ahead show. Among those that could wait for all of them, the writer of the last line comes first,
// because it may have more to write, unless the file ends before that.
std::uint64_t Interleaving::slack(std::size_t writer, std::uint64_t line, std::size_t last_writer) {
  Deadline& deadline = deadlines_[writer * kDeadlines + line % kDeadlines];
  if (deadline.line != line || deadline.good_until <= taken_) deadline = find_deadline(writer, line);
  const std::uint64_t in_sight = given_ - taken_;
  if (deadline.place == kManyPlaces) return in_sight;
  if (deadline.place == kNoPlace) return in_sight - (writer == last_writer && in_sight == coming_.size());
  return deadline.place - std::min(taken_, deadline.place);
}

// The last place in the file at which the writer's line can stand. The anchor is the first of its next lines that
// occurs exactly once; the lines between are placed before it, each as late as possible.
Interleaving::Deadline Interleaving::find_deadline(std::size_t writer, std::uint64_t line) {
  const std::uint64_t end = std::min(writers_[writer].lines, line + kLinesToAnchor);
  std::uint64_t place = kNoPlace;
  for (std::uint64_t after = line + 1; after < end && look_ahead(writer, after); ++after) {
    place = only_place(hash_of(writer, after));
    if (place == kManyPlaces) continue;
    if (place == kNoPlace) break;
    while (after-- > line && place > taken_) {
      do --place;
      while (place > taken_ && coming(place) != hash_of(writer, after));
    }
    return {line, place, UINT64_MAX};
  }
  return {line, place, taken_ + coming_.size() / 4};
}

// The place of a line that occurs exactly once ahead, and that was not the next of several writers before.
std::uint64_t Interleaving::only_place(std::uint64_t hash) {
  if (repeated(hash)) return kManyPlaces;
  std::uint64_t found = kNoPlace;
  for (std::uint64_t place = taken_ + 1; place < given_; ++place) {
    if (coming(place) != hash) continue;
    if (found != kNoPlace) return kManyPlaces;
    found = place;
  }
  return found;
}

// Takes the line if there is one hypothesis; several writers may have written it.
bool Interleaving::take_ambiguous(std::uint64_t hash) {
  const auto matching = std::count(next_.begin(), next_.end(), hash);
  if (matching == 0) return false;
  const auto first = std::find(next_.begin(), next_.end(), hash);
  if (matching == 1) {
    advance(static_cast<std::size_t>(first - next_.begin()));
    return true;
  }
  if (taken_ - last_ambiguous_ > kCalmLines) most_states_ = limit_;
  last_ambiguous_ = taken_;
  if (most_states_ > 1) return take_in_all(hash);
  repeated(hash) = true;
  gave_up_some_ = true;
  State best{.slack = UINT64_MAX};
  for (auto next = first; next != next_.end(); next = std::find(next + 1, next_.end(), hash)) {
    const auto writer = static_cast<std::size_t>(next - next_.begin());
    const std::uint64_t line = cursors_[writer];
    const State state{0, slack(writer, line, states_.front().last_writer), line, writer};
    if (is_likelier(state, best)) best = state;
  }
  advance(best.last_writer);
  return true;
}

bool Interleaving::take_in_all(std::uint64_t hash) {
  const std::size_t writers = writers_.size();
  if (work_ > kWorkPerLine * taken_ + kWorkAtFirst) most_states_ = 1;
  last_ambiguous_ = taken_;
  steps_.clear();
  for (std::size_t from = 0; from < states_.size(); ++from) {
    const std::size_t steps_before = steps_.size();
    for (std::size_t writer = 0; writer < writers; ++writer) {
      const std::uint64_t line = cursors_[from * writers + writer];
      if (next_hash(writer, line) != hash) continue;
      if (!look_ahead(writer, line + 1)) {
        gave_up_some_ = true;
        continue;
      }
      const State& before = states_[from];
      steps_.push_back(
          {{before.key + mix(writer, line + 1) - mix(writer, line),
            before.slack + slack(writer, line, before.last_writer), before.unevenness + 2 * line + 1, writer},
           from});
    }
    if (steps_.size() > steps_before + 1) repeated(hash) = true;
  }
  work_ += states_.size() * writers + steps_.size() * kWorkPerStep;
  if (steps_.empty()) return false;
  merge_and_limit();

  new_states_.clear();
  new_cursors_.clear();
  for (const Step& step : steps_) {
    const auto from = cursors_.begin() + static_cast<std::ptrdiff_t>(step.from * writers);
    new_cursors_.insert(new_cursors_.end(), from, from + static_cast<std::ptrdiff_t>(writers));
    ++new_cursors_[new_states_.size() * writers + step.state.last_writer];
    new_states_.push_back(step.state);
  }
  states_.swap(new_states_);
  cursors_.swap(new_cursors_);
  if (states_.size() == 1) {
    states_.front() = {.last_writer = states_.front().last_writer};
    for (std::size_t writer = 0; writer < writers; ++writer) {
      const std::uint64_t next = next_hash(writer, cursors_[writer]);
      if (next != next_[writer]) make_next(writer, next);
    }
  }
  return true;
}

std::uint64_t Interleaving::next_of(unsigned writer) const {
  const auto likeliest = std::min_element(states_.begin(), states_.end(), is_likelier) - states_.begin();
  const std::size_t writers = writers_.size();
  return writer + cursors_[static_cast<std::size_t>(likeliest) * writers + writer] * writers;
}

bool Interleaving::is_same(const Step& a, const Step& b) const {
  const std::size_t writers = writers_.size();
  for (std::size_t writer = 0; writer < writers; ++writer) {
    const std::uint64_t of_a = cursors_[a.from * writers + writer] + (writer == a.state.last_writer);
    const std::uint64_t of_b = cursors_[b.from * writers + writer] + (writer == b.state.last_writer);
    if (of_a != of_b) return false;
  }
  return true;
}

bool Interleaving::is_likelier(const State& a, const State& b) {
  return std::tie(a.slack, a.unevenness) < std::tie(b.slack, b.unevenness);
}

// Removes duplicate hypotheses, and the least likely ones beyond the beam's width.
void Interleaving::merge_and_limit() {
  std::sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) {
    return a.state.key != b.state.key ? a.state.key < b.state.key : is_likelier(a.state, b.state);
  });
  const auto same = [this](const Step& a, const Step& b) { return a.state.key == b.state.key && is_same(a, b); };
  steps_.erase(std::unique(steps_.begin(), steps_.end(), same), steps_.end());
  if (steps_.size() <= most_states_) return;
  gave_up_some_ = true;
  std::nth_element(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(most_states_ - 1), steps_.end(),
                   [](const Step& a, const Step& b) { return is_likelier(a.state, b.state); });
  steps_.resize(most_states_);
  most_states_ = std::max<std::size_t>(most_states_ / 2, 1);
}

}  // namespace writebench::engine
