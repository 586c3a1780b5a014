#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "writebench/file.hpp"
#include "writebench/lines.hpp"

namespace writebench::engine {

/// What a trial had acknowledged when it ended or died. All times are those of CLOCK_MONOTONIC.
struct Ledger {
  /// Bytes that reached the kernel, as File counts them.
  struct Write {
    std::size_t file = 0;
    std::uint64_t offset_bytes = 0;  ///< FileObserver::kUnknownOffset if they got there in a way of the strategy's own
    std::uint64_t bytes = 0;
    std::int64_t completed_ns = 0;
    bool durable = false;  ///< on the device too at that moment, without a later sync
  };

  /// A sync without an error. It made those writes to its file durable that were complete when it began.
  struct Sync {
    std::size_t file = 0;
    std::size_t writes = 0;  ///< so many of the first in Ledger::writes were complete then, of all files
    std::int64_t began_ns = 0;
    std::int64_t returned_ns = 0;
  };

  std::int64_t clock_on_ns = 0;          ///< 0 if the clock never was on
  std::int64_t clock_off_ns = 0;         ///< 0 unless the trial came to its end
  std::vector<std::int64_t> lines = {};  ///< by line number: when its append had returned; 0: it had not
  std::vector<Write> writes = {};        ///< in the order of completed_ns
  std::vector<Sync> syncs = {};          ///< in the order of returned_ns
  bool overflowed = false;               ///< there was no room for all writes or syncs: nothing can be judged

  /// The time of the latest entry; 0 if there is none.
  std::int64_t last_ns() const;
};

/// A ledger in memory that a trial shares with its parent, so that it survives the death of the trial at any moment.
/// Make it before the fork. It serves one trial.
class SharedLedger {
 public:
  /// Has room for `lines` lines, and for twice as many writes and syncs and some more. The memory is not taken before
  /// it is used. Throws std::system_error.
  SharedLedger(std::uint64_t lines, std::size_t files);
  SharedLedger(const SharedLedger&) = delete;
  SharedLedger& operator=(const SharedLedger&) = delete;
  ~SharedLedger();

  /// Mark the moments at which the clock of the trial goes on and off.
  void clock_on();
  void clock_off();

  /// Observes one range of lines, beside `inner`, which may be null. Any thread may call it; this object owns the
  /// result.
  LineObserver* observe_lines(const LineRange& range, LineObserver* inner);

  /// Observes the file of that number. This object owns it.
  FileObserver* file_observer(std::size_t file) { return files_[file].get(); }

  /// Everything that is in it now. The trial should have ended, or be dead.
  Ledger read() const;

 private:
  class LinesOf;
  class FileOf;
  struct Header;
  struct WriteEntry;
  struct SyncEntry;

  static std::size_t entries_for(std::uint64_t lines);

  const std::uint64_t lines_;
  const std::size_t entries_;  // of writes, and of syncs
  const std::size_t bytes_;
  char* memory_ = nullptr;
  Header* header_ = nullptr;
  WriteEntry* writes_ = nullptr;
  SyncEntry* syncs_ = nullptr;
  std::atomic<std::int64_t>* acknowledged_ = nullptr;  // by line number
  std::vector<std::unique_ptr<FileObserver>> files_;
  std::mutex mutex_;
  std::deque<std::unique_ptr<LineObserver>> observers_;
};

}  // namespace writebench::engine
