#include "crash/judge.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/lines/strided_share.hpp"
#include "engine/owned_descriptor.hpp"
#include "writebench/errors.hpp"

namespace writebench::crash {
namespace {

using engine::Ledger;
using reports::Death;
using reports::Fault;
using reports::FaultCount;
using reports::Loss;

// Ranges of bytes of one file, and bytes whose place is not known.
class Coverage {
 public:
  void add(const Ledger::Write& write) {
    if (write.offset_bytes == FileObserver::kUnknownOffset) {
      unplaced_bytes_ += write.bytes;
    } else {
      ranges_.emplace_back(write.offset_bytes, write.offset_bytes + write.bytes);
    }
  }

  // Call it once, after the last add().
  void merge() {
    std::sort(ranges_.begin(), ranges_.end());
    std::size_t kept = 0;
    for (const auto& range : ranges_) {
      if (kept > 0 && range.first <= ranges_[kept - 1].second) {
        ranges_[kept - 1].second = std::max(ranges_[kept - 1].second, range.second);
      } else {
        ranges_[kept++] = range;
      }
    }
    ranges_.resize(kept);
  }

  std::uint64_t bytes() const { return between(0, UINT64_MAX) + unplaced_bytes_; }
  std::uint64_t unplaced_bytes() const { return unplaced_bytes_; }

  // How many bytes from `begin` to before `end` are covered.
  std::uint64_t between(std::uint64_t begin, std::uint64_t end) const {
    std::uint64_t bytes = 0;
    auto range = std::upper_bound(ranges_.begin(), ranges_.end(), begin,
                                  [](std::uint64_t at, const auto& candidate) { return at < candidate.second; });
    for (; range != ranges_.end() && range->first < end; ++range) {
      bytes += std::min(end, range->second) - std::max(begin, range->first);
    }
    return bytes;
  }

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges_;  // from, to
  std::uint64_t unplaced_bytes_ = 0;
};

// What was acknowledged of one file before the death.
struct Promised {
  Coverage drained;
  Coverage durable;
};

std::vector<Promised> promised_of(const Evidence& evidence) {
  const Ledger& ledger = evidence.ledger;
  std::vector<Promised> files(evidence.files.size());
  std::vector<std::size_t> synced(files.size());  // so many of the first writes
  for (const Ledger::Sync& sync : ledger.syncs) {
    if (sync.returned_ns <= evidence.at_ns) synced[sync.file] = std::max(synced[sync.file], sync.writes);
  }
  for (std::size_t i = 0; i < ledger.writes.size(); ++i) {
    const Ledger::Write& write = ledger.writes[i];
    if (write.completed_ns > evidence.at_ns) break;
    files[write.file].drained.add(write);
    if (write.durable || i < synced[write.file]) files[write.file].durable.add(write);
  }
  for (Promised& file : files) {
    file.drained.merge();
    file.durable.merge();
  }
  return files;
}

class Judge {
 public:
  explicit Judge(const Evidence& evidence)
      : evidence_(evidence),
        promised_(promised_of(evidence)),
        total_bytes_(evidence.content.offset_bytes(evidence.content.lines())),
        kept_(evidence.content.lines()) {}

  Loss run() {
    loss_.after_ns = evidence_.at_ns - evidence_.ledger.clock_on_ns;
    for (std::size_t file = 0; file < evidence_.files.size(); ++file) {
      loss_.drained_bytes += promised_[file].drained.bytes();
      loss_.durable_bytes += promised_[file].durable.bytes();
      read(file);
    }
    count_lines();
    return std::move(loss_);
  }

 private:
  // What a file turned out to hold.
  struct Found {
    std::size_t file = 0;
    std::uint64_t intact_bytes = 0;  // of lines, and of parts of torn ones
  };

  void read(std::size_t file) {
    Found found{.file = file};
    if (evidence_.contract.layout == Layout::kFilePerWriter) {
      const auto writers = static_cast<unsigned>(evidence_.files.size());
      const engine::StridedShare share(evidence_.content, static_cast<unsigned>(file), writers);
      read_in_place(share, found, [&](std::uint64_t line) { return share.number_in_whole(line); });
    } else if (evidence_.contract.order == Order::kGlobal) {
      read_in_place(evidence_.content, found, [](std::uint64_t line) { return line; });
    } else {
      read_pieces(found);
    }
    // Bytes whose place is not known: there must be as many right ones in all.
    const Promised& promised = promised_[file];
    const auto check = [&](const Coverage& coverage, Fault fault) {
      const std::uint64_t bytes = coverage.bytes();
      if (coverage.unplaced_bytes() == 0 || found.intact_bytes >= bytes) return;
      add(fault, 0, bytes - found.intact_bytes, "of file " + std::to_string(file));
    };
    check(promised.durable, Fault::kDurableLost);
    if (evidence_.death == Death::kProcess) check(promised.drained, Fault::kDrainedLost);
  }

  // Every line has its place.
  template <class NumberOf>
  void read_in_place(const Content& content, Found& found, NumberOf number_of) {
    const std::string_view text = evidence_.files[found.file];
    std::uint64_t at = 0;
    std::uint64_t index = 0;
    for (const std::string_view line : Lines(content, {0, 1, content.lines()})) {
      read_line_in_place(text, line, at, number_of(index++), found);
      at += line.size();
    }
    // Zeros after the last line were never cut off. Anything else does not belong there.
    if (text.size() <= at) return;
    const std::size_t odd = text.find_first_not_of('\0', static_cast<std::size_t>(at));
    if (odd != text.npos) damaged(found.file, odd, text.size() - odd);
  }

  void read_line_in_place(std::string_view text, std::string_view line, std::uint64_t at, std::uint64_t number,
                          Found& found) {
    const std::string_view there = at < text.size() ? text.substr(static_cast<std::size_t>(at), line.size()) : "";
    if (there == line) {
      kept_[number] = true;
      found.intact_bytes += line.size();
      return;
    }
    const Promised& promised = promised_[found.file];
    const bool was_drained = promised.drained.between(at, at + line.size()) > 0;
    if (there.empty() && !was_drained) return;
    std::uint64_t right = 0;
    std::uint64_t wrong = 0;
    std::uint64_t first_wrong = 0;
    std::uint64_t drained_lost = 0;
    std::uint64_t durable_lost = 0;
    const auto is_right = [&](std::size_t i) { return i < there.size() && there[i] == line[i]; };
    for (std::size_t begin = 0; begin < line.size();) {
      std::size_t end = begin;
      while (end < line.size() && is_right(end) == is_right(begin)) ++end;
      if (is_right(begin)) {
        right += end - begin;
      } else {
        for (std::size_t i = begin; i < std::min(end, there.size()); ++i) {
          if (there[i] != '\0' && wrong++ == 0) first_wrong = at + i;
        }
        drained_lost += was_drained ? promised.drained.between(at + begin, at + end) : 0;
        durable_lost += was_drained ? promised.durable.between(at + begin, at + end) : 0;
      }
      begin = end;
    }
    found.intact_bytes += right;
    if (wrong > 0) {
      damaged(found.file, first_wrong, wrong);
    } else if (right > 0) {
      ++loss_.torn_lines;
    }
    if (durable_lost > 0) add(Fault::kDurableLost, 1, durable_lost, place_of(found.file, at, number));
    if (drained_lost > 0 && evidence_.death == Death::kProcess) {
      add(Fault::kDrainedLost, 1, drained_lost, place_of(found.file, at, number));
    }
  }

  // Every line is known by its text.
  void read_pieces(Found& found) {
    const std::string_view text = evidence_.files[found.file];
    const bool ordered = evidence_.contract.order == Order::kPerWriter;
    std::vector<std::uint64_t> next(ordered ? evidence_.writers : 1);  // the least number that a writer may go on with
    bool after_hole = false;
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t newline = text.find('\n', at);
      const bool ended = newline != text.npos;
      const std::string_view piece = text.substr(at, ended ? newline + 1 - at : text.npos);
      const std::optional<std::uint64_t> number =
          ended && evidence_.contract.order != Order::kNothing ? evidence_.content.number_of(piece) : std::nullopt;
      if (number) {
        place(*number, next[ordered ? *number % next.size() : 0], ordered, at, found.file);
        found.intact_bytes += piece.size();
        after_hole = false;
        at += piece.size();
      } else if (piece.front() == '\0') {
        const std::size_t zeros = std::min(piece.find_first_not_of('\0'), piece.size());
        missing(found.file, at, zeros);
        after_hole = true;
        at += zeros;
      } else {
        const std::size_t zero = piece.find('\0');
        const std::string_view part = piece.substr(0, zero);
        const bool torn = after_hole || zero != piece.npos || !ended;
        if (torn && part.size() < evidence_.content.longest_line_bytes() && may_be_torn(part, after_hole, next)) {
          ++loss_.torn_lines;
          found.intact_bytes += part.size();
        } else {
          missing(found.file, at, part.size());
          damaged(found.file, at, part.size());
        }
        after_hole = false;
        at += part.size();
      }
    }
    if (text.size() < total_bytes_) missing(found.file, text.size(), total_bytes_ - text.size());
  }

  // Whether a part of a line may be the start of the next line of a writer. Without an order any line may be torn, and
  // there may be too many to try them all. After a hole, a part is the end of a line that nobody knows.
  bool may_be_torn(std::string_view part, bool after_hole, const std::vector<std::uint64_t>& next) const {
    if (after_hole || evidence_.contract.order != Order::kPerWriter) return true;
    for (std::size_t writer = 0; writer < next.size(); ++writer) {
      const std::uint64_t line = std::max<std::uint64_t>(writer, next[writer]);
      if (line >= evidence_.content.lines()) continue;
      Lines lines(evidence_.content, {line, 1, 1});
      if ((*lines.begin()).starts_with(part)) return true;
    }
    return false;
  }

  void place(std::uint64_t number, std::uint64_t& next, bool ordered, std::uint64_t at, std::size_t file) {
    if (kept_[number]) {
      add(Fault::kDoubled, 1, 0, place_of(file, at, number));
      return;
    }
    kept_[number] = true;
    if (!ordered) return;
    if (number < next) {
      add(Fault::kReordered, 1, 0, place_of(file, at, number));
    } else {
      next = number + evidence_.writers;
    }
  }

  // Bytes that are not what was written there. What is beyond all lines is padding, which is cut off later.
  void missing(std::size_t file, std::uint64_t at, std::uint64_t bytes) {
    const std::uint64_t end = std::min(at + bytes, total_bytes_);
    const std::uint64_t drained = promised_[file].drained.between(at, end);
    const std::uint64_t durable = promised_[file].durable.between(at, end);
    const std::string place = "byte " + std::to_string(at) + of_file(file);
    if (durable > 0) add(Fault::kDurableLost, 0, durable, place);
    if (drained > 0 && evidence_.death == Death::kProcess) add(Fault::kDrainedLost, 0, drained, place);
  }

  void damaged(std::size_t file, std::uint64_t at, std::uint64_t bytes) {
    ++loss_.damaged_lines;
    if (evidence_.death == Death::kProcess) add(Fault::kWrong, 1, bytes, "byte " + std::to_string(at) + of_file(file));
  }

  void count_lines() {
    std::uint64_t number = 0;
    std::int64_t oldest_ns = 0;
    for (const std::string_view line : Lines(evidence_.content, {0, 1, evidence_.content.lines()})) {
      const std::int64_t returned_ns = evidence_.ledger.lines[number];
      const bool submitted = returned_ns != 0 && returned_ns <= evidence_.at_ns;
      const bool kept = kept_[number];
      loss_.submitted_lines += submitted;
      loss_.kept_lines += kept;
      loss_.surplus_lines += kept && !submitted;
      if (submitted && !kept) {
        ++loss_.lost_lines;
        loss_.lost_bytes += line.size();
        oldest_ns = oldest_ns == 0 ? returned_ns : std::min(oldest_ns, returned_ns);
        if (evidence_.each_line_durable) {
          add(Fault::kDurableLost, 1, line.size(), "line " + std::to_string(number) + ", whose append had returned");
        }
      }
      ++number;
    }
    if (oldest_ns != 0) loss_.lost_ns = evidence_.at_ns - oldest_ns;
  }

  std::string of_file(std::size_t file) const {
    return evidence_.files.size() > 1 ? " of file " + std::to_string(file) : "";
  }

  std::string place_of(std::size_t file, std::uint64_t at, std::uint64_t number) const {
    return "line " + std::to_string(number) + " (byte " + std::to_string(at) + of_file(file) + ")";
  }

  void add(Fault fault, std::uint64_t lines, std::uint64_t bytes, const std::string& example) {
    const auto same = std::find_if(loss_.faults.begin(), loss_.faults.end(),
                                   [&](const FaultCount& known) { return known.fault == fault; });
    if (same == loss_.faults.end()) {
      loss_.faults.push_back({fault, lines, bytes, example});
    } else {
      same->lines += lines;
      same->bytes += bytes;
    }
  }

  const Evidence& evidence_;
  const std::vector<Promised> promised_;
  const std::uint64_t total_bytes_;  // of all lines
  std::vector<bool> kept_;           // by line number
  Loss loss_;
};

std::string read_file(const std::string& path) {
  const engine::OwnedDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.get() < 0) throw IoError("open", path, errno);
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) throw IoError("fstat", path, errno);
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t count = ::pread(descriptor.get(), bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw IoError("pread", path, at, count < 0 ? errno : EIO);
    at += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace

Loss judge(const Evidence& evidence) { return Judge(evidence).run(); }

std::vector<std::string> read_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  files.reserve(paths.size());
  for (const std::string& path : paths) files.push_back(read_file(path));
  return files;
}

}  // namespace writebench::crash
