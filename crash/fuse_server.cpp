#include "crash/fuse_server.hpp"

#include <linux/fuse.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "crash/monotonic_clock.hpp"

namespace writebench::crash {
namespace {

constexpr std::uint32_t kMostWriteBytes = 1 << 20;
constexpr std::uint32_t kPageBytes = 4096;  // of the protocol's own unit; a larger page only makes requests larger
constexpr std::uint64_t kAttributesValidSeconds = 1 << 30;

class Server {
 public:
  Server(int connection, MemoryFile& image, DeviceLog& log) : connection_(connection), image_(image), log_(log) {}

  void run() {
    for (;;) {
      const ssize_t got = ::read(connection_, request_.data(), request_.size());
      received_ns_ = monotonic_ns();
      if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT)) continue;  // ENOENT: it was interrupted
      if (got < 0 && errno == EPERM) {                                                  // it is not mounted yet
        ::usleep(100);
        continue;
      }
      if (got < static_cast<ssize_t>(sizeof(fuse_in_header))) return;
      std::memcpy(&header_, request_.data(), sizeof header_);
      serve();
    }
  }

 private:
  template <class Body>
  Body body() const {
    Body value{};
    std::memcpy(&value, request_.data() + sizeof header_, std::min(sizeof value, header_.len - sizeof header_));
    return value;
  }

  void answer(int error, const void* bytes = nullptr, std::size_t count = 0) {
    fuse_out_header out{
        .len = static_cast<std::uint32_t>(sizeof out + count), .error = -error, .unique = header_.unique};
    const std::array<iovec, 2> parts{{{&out, sizeof out}, {const_cast<void*>(bytes), count}}};
    while (::writev(connection_, parts.data(), count > 0 ? 2 : 1) < 0 && errno == EINTR) {
    }
  }

  template <class Body>
  void answer_with(const Body& body) {
    answer(0, &body, sizeof body);
  }

  void serve() {
    switch (header_.opcode) {
      case FUSE_INIT: return init();
      case FUSE_GETATTR:
      case FUSE_SETATTR: return attributes();
      case FUSE_OPEN: return open();
      case FUSE_READ: return read();
      case FUSE_WRITE: return write();
      case FUSE_FSYNC: return flush();
      case FUSE_FLUSH:
      case FUSE_RELEASE:
      case FUSE_DESTROY: return answer(0);
      case FUSE_FORGET:
      case FUSE_BATCH_FORGET:
      case FUSE_INTERRUPT: return;  // nobody waits for an answer
      default: return answer(ENOSYS);
    }
  }

  void init() {
    const auto asked = body<fuse_init_in>();
    fuse_init_out out{};
    out.major = FUSE_KERNEL_VERSION;
    out.minor = FUSE_KERNEL_MINOR_VERSION;
    out.max_readahead = asked.max_readahead;
    out.flags = asked.flags & (FUSE_ASYNC_READ | FUSE_BIG_WRITES | FUSE_MAX_PAGES);
    out.max_background = 64;
    out.congestion_threshold = 64;
    out.max_write = kMostWriteBytes;
    out.time_gran = 1;
    out.max_pages = kMostWriteBytes / kPageBytes;
    answer_with(out);
  }

  void attributes() {
    fuse_attr_out out{};
    out.attr_valid = kAttributesValidSeconds;
    fuse_attr& attributes = out.attr;
    attributes.ino = FUSE_ROOT_ID;
    attributes.size = image_.size();
    attributes.blocks = image_.size() / 512;
    attributes.mode = S_IFREG | 0600;
    attributes.nlink = 1;
    attributes.uid = ::geteuid();
    attributes.gid = ::getegid();
    attributes.blksize = kPageBytes;
    answer_with(out);
  }

  void open() {
    fuse_open_out out{};
    out.open_flags = FOPEN_DIRECT_IO;
    answer_with(out);
  }

  void read() {
    const auto in = body<fuse_read_in>();
    const std::uint64_t at = std::min(in.offset, image_.size());
    answer(0, image_.data() + at, std::min<std::uint64_t>(in.size, image_.size() - at));
  }

  void write() {
    const auto in = body<fuse_write_in>();
    if (in.offset > image_.size() || in.size > image_.size() - in.offset) return answer(ENOSPC);
    const char* const data = request_.data() + sizeof header_ + sizeof in;
    std::memcpy(image_.data() + in.offset, data, in.size);
    log_.add({.kind = DeviceRequest::Kind::kWrite,
              .offset_bytes = in.offset,
              .bytes = in.size,
              .received_ns = received_ns_,
              .answered_ns = monotonic_ns()},
             data);
    answer_with(fuse_write_out{.size = in.size, .padding = 0});
  }

  void flush() {
    log_.add({.kind = DeviceRequest::Kind::kFlush, .received_ns = received_ns_, .answered_ns = monotonic_ns()},
             nullptr);
    answer(0);
  }

  const int connection_;
  MemoryFile& image_;
  DeviceLog& log_;
  std::vector<char> request_ = std::vector<char>(kMostWriteBytes + kPageBytes);
  fuse_in_header header_{};
  std::int64_t received_ns_ = 0;
};

}  // namespace

void serve_file(int connection, MemoryFile& image, DeviceLog& log) { Server(connection, image, log).run(); }

}  // namespace writebench::crash
