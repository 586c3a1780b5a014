#include "tests/strategies/faulty.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace writebench::tests {
namespace {

// Writes all lines in order, but for what `damage` does to them.
class Damaging : public Strategy {
 public:
  void run(Job& job) override {
    std::vector<std::string> lines;
    for (const std::string_view line : job.lines()) lines.emplace_back(line);
    damage(lines);
    for (const std::string& line : lines) job.file().write_all(line);
  }

 private:
  virtual void damage(std::vector<std::string>& lines) = 0;
};

template <void (*damage_lines)(std::vector<std::string>&)>
class DamagedBy final : public Damaging {
  void damage(std::vector<std::string>& lines) override {
    if (lines.size() > 4) damage_lines(lines);
  }
};

using Texts = std::vector<std::string>;
std::ptrdiff_t middle(const Texts& lines) { return static_cast<std::ptrdiff_t>(lines.size() / 2); }

void lose(Texts& lines) { lines.erase(lines.begin() + middle(lines)); }
void repeat(Texts& lines) { lines.insert(lines.begin() + middle(lines), lines[lines.size() / 2]); }
void tear(Texts& lines) { lines[lines.size() / 2].erase(2, 2); }
void swap_two(Texts& lines) { std::swap(lines[lines.size() / 2], lines[lines.size() / 2 + 1]); }
void truncate(Texts& lines) {
  lines.pop_back();
  lines.back().resize(lines.back().size() / 2);
}
void add_garbage(Texts& lines) { lines.push_back("garbage"); }

enum class Misdeed {
  kThrow,
  kThrowOddly,
  kThrowInPrepare,
  kFail,
  kCrash,
  kExit,
  kHang,
  kUnsupported,
  kSleep,
  kSubmitInPrepare,
  kSubmitTwice
};

template <Misdeed misdeed>
class Misbehaving final : public Strategy {
 public:
  void prepare(Job& job) override {
    if (misdeed == Misdeed::kSubmitInPrepare) job.submitted();
    if (misdeed == Misdeed::kThrowInPrepare) throw std::runtime_error("no table free");
    if (misdeed == Misdeed::kUnsupported) throw Unsupported("needs a kernel of next year");
  }

  void run(Job& job) override {
    switch (misdeed) {
      case Misdeed::kThrow: throw std::runtime_error("out of ink");
      case Misdeed::kThrowOddly: throw 42;
      case Misdeed::kFail: throw IoError("write", job.file().path(), 17, ENOSPC);
      case Misdeed::kCrash:
        ::signal(SIGSEGV, SIG_DFL);  // a sanitizer has a handler
        ::raise(SIGSEGV);
        break;
      case Misdeed::kExit: ::_exit(0);
      case Misdeed::kHang:
        while (true) ::pause();
      case Misdeed::kSubmitTwice: job.submitted(); break;
      default: break;
    }
    for (const std::string_view line : job.lines()) {
      if (misdeed == Misdeed::kSleep) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      job.file().write_all(line);
    }
    job.submitted();
  }
};

// Stops its own process as Ctrl-Z does: in every attempt, or only in the first, after which a file is left as a note.
template <bool always>
class Stops final : public Strategy {
 public:
  void run(Job& job) override {
    for (const std::string_view line : job.lines()) job.file().write_all(line);
    const std::string note = job.path() + ".stopped";
    if (!always && ::access(note.c_str(), F_OK) == 0) return;
    std::ofstream(note).flush();
    const pid_t stopped = ::getpid();
    const pid_t helper = ::fork();
    if (helper == 0) continue_once_stopped(stopped);
    ::raise(SIGSTOP);
    ::waitpid(helper, nullptr, 0);
  }

 private:
  [[noreturn]] static void continue_once_stopped(pid_t process) {
    const std::string path = "/proc/" + std::to_string(process) + "/stat";
    for (int i = 0; i < 10'000; ++i) {
      std::string id, name, state;
      std::ifstream(path) >> id >> name >> state;
      if (state == "T") break;
      ::usleep(1000);
    }
    ::kill(process, SIGCONT);
    ::_exit(0);
  }
};

class RemovesItsFile final : public Strategy {
 public:
  void run(Job& job) override {
    for (const std::string_view line : job.lines()) job.file().write_all(line);
    ::unlink(job.path().c_str());
  }
};

// Writes the right bytes to another file, as one does who replaces a file atomically.
class ReplacesItsFile final : public Strategy {
 public:
  void run(Job& job) override {
    const std::string path = job.path() + ".new";
    std::ofstream file(path);
    for (const std::string_view line : job.lines()) file << line;
    file.close();
    std::rename(path.c_str(), job.path().c_str());
  }
};

// Writes the right bytes, and says of each line that the device has it, without ever syncing.
class ClaimsSynced final : public Strategy {
 public:
  void run(Job& job) override {
    for (const std::string_view line : job.lines()) {
      if (::write(job.file().descriptor(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        throw IoError("write", job.path(), errno);
      }
      job.file().synced(line.size());
    }
  }
};

template <class S>
Descriptor entry(std::string_view name) {
  return {.name = std::string(name), .family = "faulty", .summary = "misbehaves on purpose", .make = make_strategy<S>};
}

}  // namespace

std::span<const Descriptor> faulty() {
  static const std::vector<Descriptor> entries{
      entry<DamagedBy<lose>>("lost"),
      entry<DamagedBy<repeat>>("doubled"),
      entry<DamagedBy<tear>>("torn"),
      entry<DamagedBy<swap_two>>("reordered"),
      entry<DamagedBy<truncate>>("truncated"),
      entry<DamagedBy<add_garbage>>("trailing-garbage"),
      entry<Misbehaving<Misdeed::kThrow>>("throws"),
      entry<Misbehaving<Misdeed::kThrowOddly>>("throws-oddly"),
      entry<Misbehaving<Misdeed::kThrowInPrepare>>("throws-in-prepare"),
      entry<Misbehaving<Misdeed::kFail>>("fails"),
      entry<Misbehaving<Misdeed::kCrash>>("crashes"),
      entry<Misbehaving<Misdeed::kExit>>("exits"),
      entry<Misbehaving<Misdeed::kHang>>("hangs"),
      entry<Misbehaving<Misdeed::kUnsupported>>("unsupported"),
      entry<Misbehaving<Misdeed::kSleep>>("sleeps"),
      entry<Misbehaving<Misdeed::kSubmitInPrepare>>("submits-in-prepare"),
      entry<Misbehaving<Misdeed::kSubmitTwice>>("submits-twice"),
      entry<Stops<true>>("stops"),
      entry<Stops<false>>("stops-once"),
      entry<RemovesItsFile>("removes-its-file"),
      entry<ReplacesItsFile>("replaces-its-file"),
      entry<ClaimsSynced>("claims-synced"),
  };
  return entries;
}

const Descriptor& faulty(std::string_view name) {
  for (const Descriptor& entry : faulty()) {
    if (entry.name == name) return entry;
  }
  throw std::invalid_argument("no faulty strategy " + std::string(name));
}

}  // namespace writebench::tests
