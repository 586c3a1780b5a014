#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

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
    kMisplaced,        ///< a line of another file of the job; if the lines are not unique it counts as torn
    kRemoved,          ///< the file itself: nothing is at its path
    kReplaced,         ///< the file itself: another one is at its path
  };
  Kind kind;
  std::uint64_t count = 0;               ///< lines; bytes for kTrailingGarbage; files for the last two
  std::uint64_t first_line = 0;          ///< 0-based: which line of the file; for kLost and kTruncated of the job
  std::uint64_t first_offset_bytes = 0;  ///< in the file, where it stands or, missing, where it should have stood
  bool at_least = false;                 ///< there may be more of it, and before the first that is known
  std::size_t file = 0;                  ///< 0-based, of the files of the job
};

std::string_view to_string(Damage::Kind kind);

}  // namespace writebench::engine
