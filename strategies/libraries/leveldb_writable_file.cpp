// The file of LevelDB 1.23, below its log and its tables: a WritableFile of leveldb::Env::Default(), with one Append()
// for each line. Append() copies into a buffer of 64 KiB inside the object and calls write(2) when that is full, by a
// virtual call for each line, without a lock and without a thread. A piece of a line that does not fit goes into the
// next buffer, and what is larger than the buffer goes to the kernel at once. The size of the buffer is fixed; it
// bounds memory.
//
// The library opens the path itself. NewAppendableFile() is used, which makes the same object as NewWritableFile():
// that one would empty what the harness has set up. The library repeats interrupted writes and continues short ones,
// and after an error it drops what it held. Its Sync() is Flush() and fdatasync(2). Here the second half goes through
// File, so that
// --sync-call applies and a failed sync stays an error. The order is that of the caller. Good: nearly what a plain
// block of that size costs. Bad: every other use, as the buffer can be neither larger nor shared.
#include "strategies/support/without_library.hpp"

#if WRITEBENCH_HAS_LEVELDB
#include <leveldb/env.h>

#include <cerrno>
#include <memory>
#include <optional>

#include "strategies/support/library_file.hpp"
#endif

namespace writebench::strategies {
namespace {

constexpr std::size_t kBufferBytes = 65536;  // kWritableFileBufferSize

#if WRITEBENCH_HAS_LEVELDB

class LeveldbWritableFile final : public Strategy {
 public:
  void prepare(Job& job) override {
    library_file_.emplace(job.file(), kBufferBytes, [&] {
      leveldb::WritableFile* file = nullptr;
      do {
        errno = 0;
        if (leveldb::Env::Default()->NewAppendableFile(job.path(), &file).ok()) break;
      } while (errno == EINTR);
      file_.reset(file);
    });
  }

  void run(Job& job) override {
    const bool each_line = job.each_line_durable();
    for (const std::string_view line : job.lines()) {
      if (!file_->Append({line.data(), line.size()}).ok()) throw library_file_->write_error();
      library_file_->appended(line.size());
      if (each_line) flush();
    }
    job.submitted();
    flush();
  }

  void close(Job& job) override {
    errno = 0;
    if (!file_->Close().ok() && errno != EINTR) throw library_file_->close_error();
    Strategy::close(job);
  }

 private:
  void flush() {
    if (!file_->Flush().ok()) throw library_file_->write_error();
    library_file_->flushed();
  }

  std::unique_ptr<leveldb::WritableFile> file_;
  std::optional<LibraryFile> library_file_;
};

#endif

}  // namespace

Descriptor leveldb_writable_file_entry() {
  Descriptor entry{
      .name = "leveldb-writable-file",
      .family = "through a library",
      .summary = "one caller, each line appended to a WritableFile of LevelDB",
      .access = {.append = true, .by_name = true},
      .simpler = {.strategy = "sync-buffered",
                  .adds = "appends through LevelDB",
                  .with = {{&kBufferSize, kBufferBytes}}},
      // Of the first line in the buffer, the kernel may have the start already.
      .may_lose_bytes = [](const LossConditions& given) { return kBufferBytes + given.longest_line_bytes; }};
#if WRITEBENCH_HAS_LEVELDB
  entry.make = make_strategy<LeveldbWritableFile>;
  return entry;
#else
  return without_library(std::move(entry), "libleveldb-dev");
#endif
}

}  // namespace writebench::strategies
