#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "writebench/lines.hpp"
#include "writebench/strategy.hpp"

namespace writebench::engine {

/// One kind of damage in a file, how much of it, and where the first of it is. `before` and `after` are meant among the
/// lines of one writer where the order is per writer. Where there is no order, `after` goes by number.
///
/// Where the lines of a job are not unique, which one of equal lines is lost or doubled cannot be told from the file.
/// Then texts are counted, and a damage is placed where the file can first be seen to be wrong: for kLost that offset,
/// and the first line of the job from there on that may be one of the lost.
struct Damage {
  enum class Kind {
    kLost,             ///< lines of the job that are nowhere whole in the file, with others after them; torn ones too
    kDoubled,          ///< a line that stands here again
    kTorn,             ///< bytes up to a newline that are no line of the job
    kReordered,        ///< a line after one that it should have stood before
    kTruncated,        ///< the file ends too early: lines that are missing from its end, one may be there in part
    kTrailingGarbage,  ///< bytes after everything that was to be written
  };
  Kind kind;
  std::uint64_t count = 0;               ///< lines; bytes for kTrailingGarbage
  std::uint64_t first_line = 0;          ///< 0-based: which line of the file; for kLost and kTruncated of the job
  std::uint64_t first_offset_bytes = 0;  ///< in the file, where it stands or, missing, where it should have stood
  bool at_least = false;                 ///< there may be more of it, and before the first that is known
};

std::string_view to_string(Damage::Kind kind);

/// What reading a file back has shown.
struct Verification {
  bool right = false;
  bool stopped = false;  ///< given up because `stop` said so; nothing is known
  /// Right as far as could be told: each line is there as often as in the job, but with so many equal ones that whether
  /// they are in order for each writer was not decided. Only where the lines of the job are not unique.
  bool order_unproven = false;
  std::vector<Damage> damages;  ///< empty where right; at most one of each kind, by offset
  std::uint64_t file_bytes = 0;

  /// The damages as one sentence, such as "2 lines lost, the first line 17 (byte 126)"; empty where right.
  std::string describe() const;
};

/// Reads the file at `path` back, whole, and holds it against `content` and the order promised: global means the same
/// bytes, per-writer that the lines of each of `writers` strided shares are in order and complete, none that the
/// file is exactly the multiset of the job's lines, nothing that it is empty. Equal lines may stand for each other.
/// Runs near memory speed where the file is right, in memory that does not grow with it; a wrong file is read again to
/// find what is wrong, with at most 16 MiB more. `stop` is asked at the start and after every MiB. Throws IoError where
/// the file cannot be read.
Verification verify(const std::string& path, const Content& content, Order order, unsigned writers,
                    const std::function<bool()>& stop = {});

}  // namespace writebench::engine
