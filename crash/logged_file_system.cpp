#include "crash/logged_file_system.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "crash/fuse_server.hpp"
#include "engine/process/guarded_process.hpp"
#include "engine/process/signals.hpp"
#include "engine/until_done.hpp"
#include "writebench/errors.hpp"

namespace writebench::crash {
namespace {

using engine::OwnedDescriptor;
using engine::until_done;

constexpr const char* kFuse = "/dev/fuse";
constexpr int kConnection = 3;  // the server's number of it

int opened(const char* path, int flags) {
  const int descriptor = until_done([&] { return ::open(path, flags | O_CLOEXEC); });
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), std::string("open ") + path);
  return descriptor;
}

// The server holds nothing open but its connection: no file of a trial, no lock, no pipe of somebody who waits for its
// end.
void hold_only_connection(int connection) {
  const int null = ::open("/dev/null", O_RDWR);
  for (int i = 0; i < 3; ++i) ::dup2(null, i);
  if (connection != kConnection) ::dup3(connection, kConnection, O_CLOEXEC);
  ::syscall(SYS_close_range, kConnection + 1U, ~0U, 0U);
}

// Empty if there is no such program, else what it had to say, if it failed.
std::optional<std::string> tried(const std::vector<std::string>& arguments) {
  MemoryFile errors("mkfs-errors", 4096);
  const OwnedDescriptor null(opened("/dev/null", O_RDWR));
  try {
    engine::GuardedProcess program(arguments, {null.get(), null.get(), errors.descriptor()});
    const int status = program.wait().status;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
    const std::string text(errors.data(), ::strnlen(errors.data(), errors.size()));
    return text.empty() ? "it ended with wait status " + std::to_string(status) : text;
  } catch (const std::system_error& error) {
    if (error.code().value() == ENOENT) return std::nullopt;
    throw;
  }
}

}  // namespace

void make_ext4(MemoryFile& image, std::uint64_t files) {
  // What the kernel would do later in the background is done now. Blocks and inodes are as large as on usual disks,
  // although the device is small.
  const std::vector<std::string> options{"-q",        "-F",
                                         "-b",        "4096",
                                         "-I",        "256",
                                         "-m",        "0",
                                         "-J",        "size=4",
                                         "-N",        std::to_string(files + 64),
                                         "-E",        "lazy_itable_init=0,lazy_journal_init=0,nodiscard",
                                         image.path()};
  // A root by su(1) may not have the directories of such programs in its PATH.
  for (const char* const name : {"mkfs.ext4", "/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4"}) {
    std::vector<std::string> arguments{name};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const std::optional<std::string> failure = tried(arguments);
    if (!failure) continue;
    if (!failure->empty()) throw std::runtime_error("mkfs.ext4 failed: " + *failure);
    return;
  }
  throw Unsupported("it needs mkfs.ext4, which is not there; it is in the package e2fsprogs");
}

DetachedMount mount_ext4(const LoopDevice& device) { return {"ext4", {{"source", device.path()}}}; }

LoggedFileSystem::Server::Server(int connection, MemoryFile& image, DeviceLog& log) {
  const engine::HeldSignals held;
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(0);
    engine::use_signals_of_child();
    ::prctl(PR_SET_NAME, "wb-device");
    // Where memory is short, the kernel must not wait in here for what this process alone can write. It may refuse.
    ::prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0);
    hold_only_connection(connection);
    serve_file(kConnection, image, log);
    ::_exit(0);
  }
  spared_.emplace(pid_);
}

LoggedFileSystem::Server::~Server() {
  ::kill(pid_, SIGKILL);
  until_done([&] { return ::waitpid(pid_, nullptr, 0); });
}

LoggedFileSystem::LoggedFileSystem(const MemoryFile& made, std::shared_ptr<DeviceLog> log)
    : log_(std::move(log)), image_("image", made.size()) {
  image_.copy(made);
  const int connection = until_done([] { return ::open(kFuse, O_RDWR | O_CLOEXEC); });
  if (connection < 0) {
    throw Unsupported(std::string("it needs FUSE, and ") + kFuse + " cannot be opened: " + std::strerror(errno));
  }
  {
    // Once the server alone has the connection, its end ends all waiting for it.
    const OwnedDescriptor owned(connection);
    server_.emplace(connection, image_, *log_);
    fuse_.emplace("fuse", DetachedMount::Options{{"source", "writebench"},
                                                 {"fd", std::to_string(connection)},
                                                 {"rootmode", "100600"},
                                                 {"user_id", std::to_string(::geteuid())},
                                                 {"group_id", std::to_string(::getegid())},
                                                 {"allow_other", ""}});
  }
  backing_ = OwnedDescriptor(opened(fuse_->path().c_str(), O_RDWR));
  loop_.emplace(backing_.get());
  mount_.emplace(mount_ext4(*loop_));
}

void LoggedFileSystem::sync() const {
  const OwnedDescriptor root(opened(path().c_str(), O_RDONLY | O_DIRECTORY));
  if (until_done([&] { return ::syncfs(root.get()); }) != 0) {
    throw std::system_error(errno, std::generic_category(), "syncfs");
  }
}

}  // namespace writebench::crash
