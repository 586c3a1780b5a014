// One caller stores the lines in a shared mapping of the file: no system call for a line, and no buffer of its own. The
// file grows by chunks: each is allocated with fallocate(2), mapped, filled, and unmapped; in the end the file is cut
// to its right size. The kernel makes a page at the first store into it and writes it back when it likes, so a line is
// with the kernel at once. LevelDB once wrote its files like that, RocksDB can, and so do Chronicle Queue and the
// journal of systemd.
//
// A store that the file cannot take is a signal (SIGBUS) instead of an error of a call. Allocating the chunk beforehand
// turns a full disk into an error of fallocate. What is left, a device that fails, a file that somebody cuts, a file
// system without fallocate that is full, is caught (BusErrors): the line ends in an IoError with its place.
//
// One chunk of the file is mapped at a time (`chunk`); it is not memory of the program, and the kernel may write it
// back and free it. It should be good where system calls are dear, and for losing nothing when the process dies; it is
// bad at large lines and large files: a page fault for every 4 KiB costs more than write(2) of many of them. If the
// machine dies, what was appended since the last sync may be lost, and up to a chunk of zeros stays behind.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "strategies/support/bus_errors.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

constexpr Option kChunk{.name = "chunk",
                        .key = "chunk_bytes",
                        .summary = "size of the part that is mapped",
                        .kind = Option::Kind::kBytes,
                        .usual = 1 << 20,
                        .max = 1ull << 40};

class Mmap final : public Strategy {
 public:
  ~Mmap() override { unmap(); }

  void prepare(Job& job) override {
    page_bytes_ = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    chunk_bytes_ = (job.value(kChunk) + page_bytes_ - 1) / page_bytes_ * page_bytes_;
    errors_.emplace();
  }

  void run(Job& job) override {
    File& file = job.file();
    char* at = nullptr;  // of the next byte; the chunk's end if it is full
    char* end = nullptr;
    for (const std::string_view line : job.lines()) {
      for (std::string_view left = line; !left.empty();) {
        if (at == end) {
          map_next(file);
          at = chunk_;
          end = at + chunk_bytes_;
        }
        const std::size_t count = std::min(left.size(), static_cast<std::size_t>(end - at));
        std::memcpy(at, left.data(), count);
        if (const char* const lost = BusErrors::lost()) throw error_of_store(file, at, lost);
        at += count;
        left.remove_prefix(count);
      }
      file.written(line.size());
    }
    job.submitted();
    if (chunk_ == nullptr) return;
    const std::uint64_t bytes = offset_bytes_ + static_cast<std::uint64_t>(at - chunk_);
    unmap();
    file.truncate(bytes);
  }

 private:
  void map_next(File& file) {
    if (chunk_ != nullptr) offset_bytes_ += chunk_bytes_;
    unmap();
    allocate(file);
    void* const chunk = ::mmap(nullptr, chunk_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor(),
                               static_cast<off_t>(offset_bytes_));
    if (chunk == MAP_FAILED) throw IoError("mmap", file.path(), offset_bytes_, errno);
    chunk_ = static_cast<char*>(chunk);
    errors_->watch(chunk_, chunk_bytes_);
  }

  void allocate(File& file) const {
    int result = 0;
    do {
      result = ::fallocate(file.descriptor(), 0, static_cast<off_t>(offset_bytes_), static_cast<off_t>(chunk_bytes_));
    } while (result != 0 && errno == EINTR);
    if (result == 0) return;
    if (errno != EOPNOTSUPP) throw IoError("fallocate", file.path(), offset_bytes_, errno);
    file.truncate(offset_bytes_ + chunk_bytes_);
  }

  // Of the store that begins at `begin`. A page was lost, with whatever of the store is in it. The kernel does not say
  // why it could not take a byte; a write of it does.
  IoError error_of_store(const File& file, const char* begin, const char* lost) const {
    const auto in_chunk = static_cast<std::size_t>(lost - chunk_);
    const char* const at = std::max<const char*>(begin, chunk_ + (in_chunk - in_chunk % page_bytes_));
    const std::uint64_t offset_bytes = offset_bytes_ + static_cast<std::uint64_t>(at - chunk_);
    struct stat status {};
    if (::fstat(file.descriptor(), &status) == 0 && static_cast<std::uint64_t>(status.st_size) <= offset_bytes) {
      return {"mmap (the file was cut to " + std::to_string(status.st_size) + " bytes)", file.path(), offset_bytes,
              EIO};
    }
    const ssize_t taken = ::pwrite(file.descriptor(), at, 1, static_cast<off_t>(offset_bytes));
    return {"mmap (store)", file.path(), offset_bytes, taken < 0 ? errno : EIO};
  }

  void unmap() {
    if (chunk_ == nullptr) return;
    errors_->watch(nullptr, 0);
    ::munmap(std::exchange(chunk_, nullptr), chunk_bytes_);
  }

  std::size_t page_bytes_ = 0;
  std::size_t chunk_bytes_ = 0;  // a multiple of it
  std::optional<BusErrors> errors_;
  char* chunk_ = nullptr;           // null: none is mapped
  std::uint64_t offset_bytes_ = 0;  // of the chunk
};

}  // namespace

Descriptor mmap_entry() {
  return {
      .name = "mmap",
      .family = "caller writes",
      .summary = "one caller stores the lines in a mapping of the file",
      .access = {.read = true},
      .effort = Effort::kKernel,
      .options = {&kChunk},
      .simpler = {.strategy = "copy-lines", .adds = "copies into the mapped file", .with = {{&kBufferSize, 1 << 20}}},
      .may_lose_bytes = [](const LossConditions&) { return std::uint64_t{0}; },
      .make = make_strategy<Mmap>};
}

}  // namespace writebench::strategies
