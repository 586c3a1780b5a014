#include "engine/verification/verify.hpp"

#define XXH_INLINE_ALL
#include <sys/stat.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <random>
#include <span>

#include "engine/lines/block_reader.hpp"
#include "engine/lines/splitmix64.hpp"
#include "engine/lines/strided_share.hpp"
#include "engine/verification/damage_by_number.hpp"
#include "engine/verification/damage_by_text.hpp"
#include "engine/verification/interleaving.hpp"
#include "engine/verification/repetition.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

// The expected bytes, in pieces of whole lines that stay in the first-level cache until they are compared.
class Rendering {
 public:
  explicit Rendering(const Content& content) : batches_(content, {0, 1, content.lines()}) {}

  /// Empty after the last line.
  std::string_view next() {
    const Content::Run run = batches_.next();
    return {run.text, std::accumulate(run.lengths.begin(), run.lengths.end(), std::size_t{0})};
  }

 private:
  LineBatches batches_;
};

bool is_byte_for_byte(BlockReader& file, const Content& content) {
  Rendering rendering(content);
  std::string_view wanted = rendering.next();
  std::uint64_t at = 0;
  for (std::string_view block = file.read_at(at); !block.empty(); block = file.read_at(at)) {
    at += block.size();
    while (!block.empty()) {
      const std::size_t bytes = std::min(block.size(), wanted.size());
      if (bytes == 0 || std::memcmp(block.data(), wanted.data(), bytes) != 0) return false;
      block.remove_prefix(bytes);
      wanted.remove_prefix(bytes);
      if (wanted.empty()) wanted = rendering.next();
    }
  }
  return wanted.empty();
}

// Every line must be the next one of its writer. Then no line can occur twice, and if the number of lines is right,
// none is missing.
bool is_in_order_per_writer(BlockReader& file, const Content& content, unsigned writers) {
  std::vector<std::uint64_t> next(writers);
  std::iota(next.begin(), next.end(), 0);
  std::uint64_t lines = 0;
  const auto is_next = [&](const Piece& piece) {
    const std::optional<std::uint64_t> number = content.number_of(piece.text);
    if (!number) return false;
    std::uint64_t& expected = next[*number % writers];
    if (*number != expected) return false;
    expected += writers;
    ++lines;
    return true;
  };
  return for_each_piece(file, is_next) && lines == content.lines();
}

enum class Answer { kYes, kNo, kUnknown };

// The same if a line may be the next one of several writers.
Answer is_an_interleaving(BlockReader& file, const Content& content, unsigned writers) {
  Interleaving interleaving(content, writers);
  const auto is_next = [&](const Piece& piece) {
    return piece.ended && !piece.text.empty() && interleaving.take(piece.text);
  };
  const bool all = for_each_piece(file, is_next) && interleaving.finish();
  if (all && interleaving.taken() == content.lines()) return Answer::kYes;
  return interleaving.gave_up_some() ? Answer::kUnknown : Answer::kNo;
}

// A hash of a multiset of lines: the sum of their hashes, which depends on how often each line occurs, but not on the
// order. The seed differs from run to run, so two multisets cannot collide every time.
class MultisetHash {
 public:
  explicit MultisetHash(std::uint64_t seed) : seed_(seed) {}

  void add(std::string_view line) {
    const XXH128_hash_t hash = XXH3_128bits_withSeed(line.data(), line.size(), seed_);
    low_ += hash.low64;
    high_ += hash.high64;
  }

  bool operator==(const MultisetHash&) const = default;

 private:
  std::uint64_t seed_;
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

bool is_same_multiset(BlockReader& file, const Content& content) {
  const std::uint64_t seed = std::random_device{}();
  MultisetHash found(seed);
  MultisetHash wanted(seed);
  Lines lines(content, {0, 1, content.lines()});
  Lines::Iterator line = lines.begin();
  // Takes an expected line for each line found, whichever it is: this counts both, and the two hashes run in parallel.
  const auto take = [&](const Piece& piece) {
    if (line == lines.end() || !piece.ended || piece.text.empty()) return false;
    found.add(piece.text);
    wanted.add(*line);
    ++line;
    return true;
  };
  return for_each_piece(file, take) && line == lines.end() && found == wanted;
}

// The same if each line has a number: a sum of hashes of the numbers, which takes less than half as long.
bool is_same_multiset_by_number(BlockReader& file, const Content& content) {
  const std::uint64_t seed = std::random_device{}();
  std::uint64_t found = 0;
  std::uint64_t wanted = 0;
  std::uint64_t lines = 0;
  const auto take = [&](const Piece& piece) {
    const std::optional<std::uint64_t> number = content.number_of(piece.text);
    if (!number) return false;
    found += splitmix64(seed, *number);
    wanted += splitmix64(seed, lines++);
    return true;
  };
  return for_each_piece(file, take) && lines == content.lines() && found == wanted;
}

Answer judge(BlockReader& file, const Content& content, Order order, unsigned writers) {
  const auto answer = [](bool right) { return right ? Answer::kYes : Answer::kNo; };
  switch (order) {
    case Order::kNothing: return answer(file.read_at(0).empty());
    case Order::kNone:
      return answer(content.lines_are_unique() ? is_same_multiset_by_number(file, content)
                                               : is_same_multiset(file, content));
    case Order::kPerWriter:
      if (!content.lines_are_unique()) return is_an_interleaving(file, content, writers);
      return answer(is_in_order_per_writer(file, content, writers));
    case Order::kRepeated:  // not asked here: see verify_repetition()
    case Order::kGlobal: break;
  }
  return answer(is_byte_for_byte(file, content));
}

std::string describe_one(const Damage& damage) {
  if (damage.kind == Damage::Kind::kRemoved) return "the file was removed during the trial";
  if (damage.kind == Damage::Kind::kReplaced) return "another file was put in its place during the trial";
  const std::string count = (damage.at_least ? "at least " : "") + std::to_string(damage.count);
  const std::string offset = std::to_string(damage.first_offset_bytes);
  if (damage.kind == Damage::Kind::kTrailingGarbage) {
    return count + (damage.count == 1 ? " byte" : " bytes") + " of trailing garbage from byte " + offset + " on";
  }
  return count + (damage.count == 1 ? " line " : " lines ") + std::string(to_string(damage.kind)) +
         (damage.count == 1 ? ", line " : ", the first line ") + std::to_string(damage.first_line) + " (byte " +
         offset + ")";
}

}  // namespace

std::string_view to_string(Damage::Kind kind) {
  switch (kind) {
    case Damage::Kind::kLost: return "lost";
    case Damage::Kind::kDoubled: return "doubled";
    case Damage::Kind::kTorn: return "torn";
    case Damage::Kind::kReordered: return "reordered";
    case Damage::Kind::kTruncated: return "truncated";
    case Damage::Kind::kMisplaced: return "misplaced";
    case Damage::Kind::kRemoved: return "removed";
    case Damage::Kind::kReplaced: return "replaced";
    case Damage::Kind::kTrailingGarbage: break;
  }
  return "trailing garbage";
}

std::string Verification::describe() const {
  if (right) return {};
  if (stopped) return "stopped before the file was read";
  if (damages.empty()) return "wrong when it was read first, right when it was read again";
  std::string sentence;
  for (const Damage& damage : damages) {
    if (!sentence.empty()) sentence += "; ";
    if (files > 1) sentence += "file " + std::to_string(damage.file) + ": ";
    sentence += describe_one(damage);
  }
  return sentence;
}

namespace {

Verification verify_file(const std::string& path, const Content& content, Order order, unsigned writers,
                         const std::function<bool()>& stop, const IsOfAnotherFile& is_of_another_file) {
  BlockReader file(path, content.longest_line_bytes(), stop);
  const unsigned shares = std::max(writers, 1u);
  const Answer answer = judge(file, content, order, shares);
  Verification result;
  result.order_unproven = answer == Answer::kUnknown && is_same_multiset(file, content) && !file.stopped();
  result.right = (answer == Answer::kYes || result.order_unproven) && !file.stopped();
  if (!result.right && !file.stopped()) {
    const bool by_number = content.lines_are_unique() || order == Order::kNothing;
    result.damages = by_number ? find_damage(file, content, order, shares, kLinesPerPass, is_of_another_file)
                               : find_damage_by_text(file, content, order, shares);
  }
  result.stopped = file.stopped();
  result.file_bytes = file.file_bytes();
  return result;
}

// Whether the path still leads to the file that was made for the trial. The kernel cannot reuse the inode number while
// a descriptor is open.
std::optional<Damage> find_exchange(const std::string& path, int descriptor) {
  struct stat made {};
  if (::fstat(descriptor, &made) != 0) throw IoError("fstat", path, errno);
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return Damage{Damage::Kind::kRemoved, 1};
    throw IoError("stat", path, errno);
  }
  if (found.st_dev == made.st_dev && found.st_ino == made.st_ino) return std::nullopt;
  return Damage{Damage::Kind::kReplaced, 1};
}

// Verifies file `writer` of a file per writer: it must have that writer's share and no other line.
Verification verify_share(const std::string& path, const Content& content, Order order, unsigned writer,
                          unsigned writers, const std::function<bool()>& stop) {
  const StridedShare share(content, writer, writers);
  IsOfAnotherFile is_of_another_file;
  if (content.lines_are_unique()) {
    is_of_another_file = [&](std::string_view text) { return content.number_of(text).has_value(); };
  }
  const Order order_in_file = order == Order::kNothing ? order : Order::kGlobal;
  Verification result = verify_file(path, share, order_in_file, 1, stop, is_of_another_file);
  for (Damage& damage : result.damages) {
    const bool is_line_of_job = damage.kind == Damage::Kind::kLost || damage.kind == Damage::Kind::kTruncated;
    if (is_line_of_job) damage.first_line = share.number_in_whole(damage.first_line);
    damage.file = writer;
  }
  return result;
}

}  // namespace

Verification verify(const std::string& path, const Content& content, Order order, unsigned writers,
                    const std::function<bool()>& stop) {
  return verify_file(path, content, order, writers, stop, {});
}

namespace {

// How one file is verified: number `file` of those of the job.
using VerifyFile = std::function<Verification(const std::string& path, unsigned file)>;

Verification verify_each(const FilesToVerify& files, const VerifyFile& verify_one) {
  Verification all;
  all.right = true;
  all.files = files.paths.size();
  for (unsigned i = 0; i < files.paths.size() && !all.stopped; ++i) {
    const std::string& path = files.paths[i];
    if (std::optional<Damage> exchange = find_exchange(path, files.descriptors[i])) {
      exchange->file = i;
      all.damages.push_back(*exchange);
      all.right = false;
      continue;
    }
    const Verification one = verify_one(path, i);
    all.right = all.right && one.right;
    all.stopped = one.stopped;
    all.order_unproven = all.order_unproven || one.order_unproven;
    all.damages.insert(all.damages.end(), one.damages.begin(), one.damages.end());
    all.file_bytes += one.file_bytes;
  }
  return all;
}

}  // namespace

Verification verify(const FilesToVerify& files, const Content& content, const Contract& contract, unsigned writers,
                    const std::function<bool()>& stop) {
  return verify_each(files, [&](const std::string& path, unsigned file) {
    return contract.layout == Layout::kFilePerWriter ? verify_share(path, content, contract.order, file, writers, stop)
                                                     : verify(path, content, contract.order, writers, stop);
  });
}

Verification verify(const FilesToVerify& files, const Content& content, const Descriptor& strategy,
                    const Parameters& parameters, const std::function<bool()>& stop) {
  if (strategy.contract.order != Order::kRepeated) {
    return verify(files, content, strategy.contract, parameters.writers(), stop);
  }
  const std::uint64_t bytes = strategy.repeated_bytes(parameters);
  return verify_each(files,
                     [&](const std::string& path, unsigned) { return verify_repetition(path, content, bytes, stop); });
}

}  // namespace writebench::engine
