#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/owned_descriptor.hpp"
#include "engine/process/end_actions.hpp"

namespace writebench::engine {

/// What the names of scratch directories begin with; private_name.hpp has the rest.
inline constexpr std::string_view kScratchPrefix = ".writebench-";

/// A private directory for the files of one run: new, of mode 0700 whatever the umask says, with a name that cannot be
/// guessed. It is held open by a descriptor. Files are made and removed through it, so that nothing that takes the
/// place of the path leads anywhere else. A marker in it, with a lock that this process holds, tells other runs that it
/// is in use (run_marker.hpp); once the lock is free, it is a leftover (leftovers.hpp). One thread at a time.
class Scratch {
 public:
  /// Who makes files in it: this process alone, or programs too, which may make any.
  enum class Makers { kThisProcess, kPrograms };

  /// Throws IoError if the directory cannot be made in `parent`.
  explicit Scratch(const std::string& parent, Makers makers = Makers::kThisProcess);
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// Removes the files that were made, and the directory, unless keep() was called. A file of somebody else's is left,
  /// with the directory, and the notice (below) says so; but if programs make files here, everything is removed. In a
  /// forked child it does nothing, nor while a process hangs in the kernel: whoever touches its files may hang too.
  ~Scratch();

  const std::string& path() const { return path_; }

  /// Open for reading; for openat(2) and its like.
  int descriptor() const { return directory_.get(); }

  /// A path inside, for a file that is then removed with the directory; `name` must not contain a slash.
  std::string file_path(const std::string& name) const;

  /// Paths for the files of one trial: `3.txt` or, if there are several, `3-0.txt`, `3-1.txt`, … Names are numbers,
  /// because a cell's id may be too long for a file name.
  std::vector<std::string> file_paths(std::size_t number, unsigned files) const;

  /// Removes files inside. Throws IoError if one exists and cannot be removed.
  void remove_files(const std::vector<std::string>& paths) const;

  /// What is in it and was not made through file_path(): files and directories, by name.
  std::vector<std::string> foreign() const;

  /// Removes that, with everything in it; if programs make files here.
  void remove_foreign() const;

  /// Removes whatever is at a path in it; if programs make files here. Throws IoError if that cannot be done.
  void remove_anything(const std::string& path) const;

  /// The space that everything in it takes on the device, as far as it can be looked at.
  std::uint64_t used_bytes() const;

  /// Throws IoError unless path() still leads to this directory, which strategies that open by name depend on.
  void check_place() const;

  /// Leaves the directory and its files to the user, without the marker: no run removes it.
  void keep();

  /// What the destructor does. Returns what is left and why, as a sentence for the user; no value if nothing is.
  std::optional<std::string> remove();

 private:
  friend bool is_in_use_here(dev_t device, ino_t inode);

  bool make(const std::string& name);  // false: the name is taken, or somebody removed what was there; try another
  bool is_ours(int at, const char* name) const;
  static bool remove_at_end(void* scratch);
  std::string why_not_empty() const;

  const OwnedDescriptor parent_;
  const Makers makers_;
  std::string name_;
  std::string path_;
  OwnedDescriptor directory_{-1};
  OwnedDescriptor marker_{-1};
  dev_t device_ = 0;  // of the directory
  ino_t inode_ = 0;
  mutable std::set<std::string> made_;  // names
  const pid_t owner_;
  bool done_ = false;  // kept, or removed
  std::optional<RemovedAtEnd> removed_at_end_;
  Scratch* next_ = nullptr;
};

/// Whether this directory is that of a Scratch of this process.
bool is_in_use_here(dev_t device, ino_t inode);

/// Removes everything in a directory of ours but the file `keep`, in up to 16 levels of directories. Follows no
/// symbolic link, and stays on the file system. Async-signal-safe.
void remove_all_in(int directory, const char* keep);

/// Whether a run gives files in its scratch directory such a name: those of trials, of the probe of syncing, and the
/// marker. Async-signal-safe.
bool is_run_file_name(const char* name);

/// Who tells the user, in one sentence, what a destructor could not remove. Process-wide; without one it goes to stderr
/// as it is.
using ScratchNotice = void (*)(const std::string& sentence);
void set_scratch_notice(ScratchNotice notice);

}  // namespace writebench::engine
