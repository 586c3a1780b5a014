#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace writebench::engine {

/// One kind of damage in a file: how much there is, and where it first occurs. If the order is per writer, "before" and
/// "after" refer to the lines of one writer. If there is no order, "after" refers to line numbers.
///
/// If the lines of a job are not unique, the file cannot show which of several equal lines is lost or doubled. Then
/// texts are counted, and a damage is placed where the file is first seen to be wrong: kLost has that offset, and the
/// first line of the job from there on that may be lost.
struct Damage {
  enum class Kind {
    kLost,       ///< lines of the job that are nowhere whole in the file, although others follow; includes torn lines
    kDoubled,    ///< a line that occurs again
    kTorn,       ///< bytes up to a newline that are not a line of the job
    kReordered,  ///< a line after one that it should precede
    kTruncated,  ///< the file ends early: lines are missing at its end, one may be there in part
    kTrailingGarbage,  ///< bytes after everything that should be in the file
    kMisplaced,        ///< a line of another file of the job; counts as torn if the lines are not unique
    kRemoved,          ///< the file itself: its path no longer exists
    kReplaced,         ///< the file itself: another one is at its path
  };
  Kind kind;
  std::uint64_t count = 0;               ///< lines; bytes for kTrailingGarbage; files for the last two
  std::uint64_t first_line = 0;          ///< 0-based: line of the file; for kLost and kTruncated line of the job
  std::uint64_t first_offset_bytes = 0;  ///< in the file; for a missing line, where it should be
  bool at_least = false;                 ///< there may be more, and earlier than the first one known
  std::size_t file = 0;                  ///< 0-based, of the files of the job
};

std::string_view to_string(Damage::Kind kind);

}  // namespace writebench::engine
