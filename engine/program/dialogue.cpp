#include "engine/program/dialogue.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "engine/process/process_tree.hpp"

namespace writebench::engine {
namespace {

constexpr std::size_t kLongestLine = 64 << 10;
constexpr std::size_t kErrorsTail = 2048;
constexpr std::uint64_t kMostErrors = 64 << 20;

struct Ends {
  OwnedDescriptor reader{-1};
  OwnedDescriptor writer{-1};
};

Ends make_stream() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  return {OwnedDescriptor(ends[0]), OwnedDescriptor(ends[1])};
}

void do_not_block(const OwnedDescriptor& descriptor) {
  ::fcntl(descriptor.get(), F_SETFL, ::fcntl(descriptor.get(), F_GETFL) | O_NONBLOCK);
}

// A program that has closed its stdin makes write(2) fail with EPIPE, and raise no signal.
ssize_t write_quietly(int descriptor, const std::string& text) {
  sigset_t pipe_signal;
  sigset_t before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t written = ::write(descriptor, text.data(), text.size());
  const int error = errno;
  if (written < 0 && error == EPIPE) {
    const timespec at_once{};
    ::sigtimedwait(&pipe_signal, nullptr, &at_once);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

// As it can stand in a message: one line, without control characters.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      if (!line.empty() && !line.ends_with(" / ")) line += " / ";
    } else {
      line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
  }
  while (line.ends_with(" / ")) line.resize(line.size() - 3);
  return line;
}

}  // namespace

Dialogue::Dialogue(const std::vector<std::string>& command, Input input) {
  adopt_orphans();
  Ends in, out = make_stream(), err = make_stream();
  if (input == Input::kPipe) {
    in = make_stream();
    do_not_block(in.writer);
  } else {
    in.reader = OwnedDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (in.reader.get() < 0) throw std::system_error(errno, std::generic_category(), "/dev/null");
  }
  do_not_block(out.reader);
  do_not_block(err.reader);
  process_.emplace(command, GuardedProcess::Streams{in.reader.get(), out.writer.get(), err.writer.get()},
                   GuardedProcess::CoreDumps::kNone);
  input_ = std::move(in.writer);
  output_ = std::move(out.reader);
  errors_ = std::move(err.reader);
}

Dialogue::~Dialogue() = default;

bool Dialogue::take_line() {
  const std::size_t end = heard_.find('\n', looked_);
  if (end == std::string::npos) {
    looked_ = heard_.size();
    return false;
  }
  line_ = heard_.substr(0, end);
  heard_.erase(0, end + 1);
  looked_ = 0;
  heard_at_ = read_at_;
  return true;
}

// Reads what there is, some of it; false if there is nothing.
bool Dialogue::read_output() {
  std::array<char, 65536> block;
  const ssize_t got = ::read(output_.get(), block.data(), block.size());
  read_at_ = Clock::now();
  if (got > 0) {
    heard_.append(block.data(), static_cast<std::size_t>(got));
    return true;
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  output_ended_ = true;
  return false;
}

// Reads what there is, but not for ever: whoever prints without end must not keep us.
void Dialogue::read_errors() {
  std::array<char, 65536> block;
  for (int i = 0; i < 16; ++i) {
    const ssize_t got = ::read(errors_.get(), block.data(), block.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
      errors_ = OwnedDescriptor(-1);
      return;
    }
    errors_bytes_ += static_cast<std::uint64_t>(got);
    errors_tail_.append(block.data(), static_cast<std::size_t>(got));
    if (errors_tail_.size() > kErrorsTail) errors_tail_.erase(0, errors_tail_.size() - kErrorsTail);
  }
}

void Dialogue::write_unsent() {
  if (unsent_.empty() || input_.get() < 0) return;
  const ssize_t written = write_quietly(input_.get(), unsent_);
  if (written >= 0) {
    unsent_.erase(0, static_cast<std::size_t>(written));
  } else if (errno == EPIPE) {
    input_is_closed_ = true;
    unsent_.clear();
  }
}

void Dialogue::send(std::string_view text) {
  unsent_ += text;
  write_unsent();
}

bool Dialogue::is_unread() const {
  int bytes = 0;
  return !unsent_.empty() || (input_.get() >= 0 && ::ioctl(input_.get(), FIONREAD, &bytes) == 0 && bytes > 0);
}

Dialogue::Event Dialogue::wait(std::chrono::milliseconds patience) {
  if (take_line()) return Event::kLine;
  if (heard_.size() > kLongestLine && !told_too_long_) {
    told_too_long_ = true;
    return Event::kTooLong;
  }
  if (told_too_long_) heard_.clear(), looked_ = 0;  // it may go on for ever
  std::array<pollfd, 4> events{pollfd{output_ended_ ? -1 : output_.get(), POLLIN, 0}, pollfd{errors_.get(), POLLIN, 0},
                               pollfd{process_->descriptor(), POLLIN, 0},
                               pollfd{unsent_.empty() ? -1 : input_.get(), POLLOUT, 0}};
  if (::poll(events.data(), events.size(), static_cast<int>(patience.count())) <= 0) return Event::kNothing;
  if (events[0].revents != 0) {
    read_output();
    if (take_line()) return Event::kLine;
  }
  if (events[1].revents != 0) read_errors();
  if (events[3].revents != 0) write_unsent();
  if (errors_bytes_ > kMostErrors && !told_flood_) {
    told_flood_ = true;
    return Event::kFlood;
  }
  const bool ended = events[2].revents != 0;
  if (ended) {
    while (!output_ended_ && heard_.size() <= kLongestLine && read_output()) {
    }
    if (errors_.get() >= 0) read_errors();
    if (take_line()) return Event::kLine;
  }
  if (output_ended_ && !told_end_of_output_ && !ended) {
    told_end_of_output_ = true;
    return Event::kEndOfOutput;
  }
  if (ended) return heard_.size() > kLongestLine && !told_too_long_ ? wait(patience) : Event::kEnd;
  return Event::kNothing;
}

GuardedProcess::Ended Dialogue::killed() {
  process_->kill();
  GuardedProcess::Ended end = ended();
  if (errors_.get() >= 0) read_errors();
  return end;
}

GuardedProcess::Ended Dialogue::ended() {
  GuardedProcess::Ended end = process_->wait();
  for (const pid_t pid : end.left) leave_to_kernel(pid);
  return end;
}

std::string Dialogue::last_words() const {
  constexpr std::size_t kMost = 300;
  std::string words = on_one_line(errors_tail_);
  if (words.size() > kMost) {
    std::size_t from = words.size() - kMost;
    while (from < words.size() && (static_cast<unsigned char>(words[from]) & 0xc0) == 0x80) ++from;  // UTF-8
    words = "… " + words.substr(from);
  }
  return words;
}

}  // namespace writebench::engine
