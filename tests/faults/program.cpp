// writebench for the fault matrix: its own strategies, those that use files in other ways (file_users.hpp), and
// `witness`, to which nothing happens. The variable WRITEBENCH_FAULT says what happens to every other one. It does so
// in its process, right before its prepare():
//   descriptors        no further descriptor can be opened (RLIMIT_NOFILE)
//   threads=N          only so many threads can be started (RLIMIT_NPROC: not for root; nobody else may be this user)
//   memory=BYTES       only so much more memory can be had (RLIMIT_AS)
//   file-size=BYTES    no file can grow larger (RLIMIT_FSIZE)
//   signal=N           the process gets that signal
//   fill=BYTES:PATH    that file takes all of its file system but so many bytes
//   torment=SEED       until the strategy is gone, signals hold up each of its threads for moments at random places,
//                      and interrupt its system calls
// A strategy that leaves descriptors, threads or (with the address sanitizer) memory behind is named on stderr.
// With the variable WRITEBENCH_RACY there is a strategy `racy` too, whose threads seldom write into each other's lines.
// `program --subjects` prints for each strategy how it uses its files: NAME TABLE|TEST ACCESS..
#include "cli/program.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "strategies/support/producer_threads.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/file_users.hpp"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

namespace {

using namespace writebench;

constexpr std::string_view kWitness = "witness";

[[noreturn]] void give_up(const std::string& what) { throw std::runtime_error("WRITEBENCH_FAULT: " + what); }

void limit(__rlimit_resource resource, rlim_t value) {
  const rlimit limits{value, value};
  if (::setrlimit(resource, &limits) != 0) give_up("setrlimit");
}

rlim_t first_free_descriptor() {
  const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) give_up("/dev/null");
  ::close(descriptor);
  return static_cast<rlim_t>(descriptor);
}

rlim_t address_space_bytes() {
  std::ifstream statm("/proc/self/statm");
  rlim_t pages = 0;
  statm >> pages;
  return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

// Without posix_fallocate(3), so that a file system that puts data off is full at once too.
void fill(const std::string& path, std::uint64_t but_bytes) {
  struct statfs space {};
  const std::string directory = path.substr(0, path.rfind('/'));
  const int descriptor = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0) give_up(path);
  const std::vector<char> block(4096, 'f');
  for (;;) {
    if (::fsync(descriptor) != 0 || ::statfs(directory.c_str(), &space) != 0) break;
    const auto free = static_cast<std::uint64_t>(space.f_bavail) * static_cast<std::uint64_t>(space.f_bsize);
    if (free <= but_bytes ||
        ::write(descriptor, block.data(), std::min<std::uint64_t>(block.size(), free - but_bytes)) <= 0) {
      break;
    }
  }
  ::close(descriptor);
}

std::atomic<unsigned> held_up{0};

// A signal handler: whatever the thread does, it does it a little later.
void hold_up(int) {
  const int error = errno;
  const unsigned number = held_up.fetch_add(1, std::memory_order_relaxed) * 2654435761u;
  if (number % 4 == 0) {
    ::syscall(SYS_sched_yield);
  } else {
    const timespec moment{0, static_cast<long>(number % 200'000)};
    ::syscall(SYS_nanosleep, &moment, nullptr);
  }
  errno = error;
}

// A worker of io_uring belongs to the kernel: it takes no signals, and ends some seconds after its ring.
bool is_of_kernel(const char* thread) {
  std::string name;
  std::ifstream(std::string("/proc/self/task/") + thread + "/comm") >> name;
  return name.starts_with("iou-");
}

std::vector<pid_t> other_threads() {
  std::vector<pid_t> threads;
  DIR* const directory = ::opendir("/proc/self/task");
  if (directory == nullptr) return threads;
  while (const dirent* entry = ::readdir(directory)) {
    const auto thread = static_cast<pid_t>(std::atoi(entry->d_name));
    if (thread > 0 && thread != ::gettid() && !is_of_kernel(entry->d_name)) threads.push_back(thread);
  }
  ::closedir(directory);
  return threads;
}

class Tormentor {
 public:
  explicit Tormentor(unsigned seed) : random_(seed) {
    struct sigaction action {};
    action.sa_handler = hold_up;  // without SA_RESTART
    ::sigaction(SIGUSR1, &action, nullptr);
    thread_ = std::thread([this] { torment(); });
  }
  Tormentor(const Tormentor&) = delete;
  Tormentor& operator=(const Tormentor&) = delete;
  ~Tormentor() {
    ends_ = true;
    thread_.join();
  }

 private:
  void torment() {
    while (!ends_) {
      for (const pid_t thread : other_threads()) {
        if (random_() % 2 == 0) ::syscall(SYS_tgkill, ::getpid(), thread, SIGUSR1);
      }
      std::this_thread::sleep_for(std::chrono::microseconds(random_() % 150));
    }
  }

  std::minstd_rand random_;
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

// Does what the variable says.
void strike(const std::string& fault, std::optional<Tormentor>& tormentor) {
  const std::size_t equals = fault.find('=');
  const std::string kind = fault.substr(0, equals);
  const std::string value = equals == fault.npos ? "" : fault.substr(equals + 1);
  const auto number = [&] { return std::stoull(value); };
  if (kind == "descriptors") {
    limit(RLIMIT_NOFILE, first_free_descriptor());
  } else if (kind == "threads") {
    limit(RLIMIT_NPROC, 2 + number());  // the program's process and this one count too
  } else if (kind == "memory") {
    limit(RLIMIT_AS, address_space_bytes() + number());
  } else if (kind == "file-size") {
    limit(RLIMIT_FSIZE, number());
  } else if (kind == "signal") {
    ::raise(static_cast<int>(number()));
  } else if (kind == "fill") {
    fill(value.substr(value.find(':') + 1), number());
  } else if (kind == "torment") {
    tormentor.emplace(static_cast<unsigned>(number()));
  } else {
    give_up("unknown fault '" + fault + "'");
  }
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0) ++count;
  }
  return count;
}

// A thread that has been joined is gone from /proc a moment later.
bool has_threads_beyond(std::size_t count) {
#ifdef __SANITIZE_THREAD__
  ++count;  // the sanitizer's own, which it starts with the first of ours
#endif
  for (int attempt = 0; attempt < 1000; ++attempt) {
    if (other_threads().size() <= count) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// libuv has its pool and a pipe once for the whole process, and keeps them.
bool may_leave_threads_and_descriptors(const std::string& strategy) { return strategy.starts_with("libuv-"); }

// Does what the variable says right before a strategy's prepare(), and looks at what the strategy leaves.
class Struck final : public Strategy {
 public:
  Struck(std::string name, std::unique_ptr<Strategy> inner, std::string fault)
      : name_(std::move(name)), fault_(std::move(fault)), inner_(std::move(inner)) {}
  ~Struck() override {
    tormentor_.reset();
    inner_.reset();
    if (!prepared_) return;
    if (!may_leave_threads_and_descriptors(name_)) {
      if (open_descriptors() > descriptors_) complain("descriptors");
      if (has_threads_beyond(threads_)) complain("threads");
    }
#ifdef __SANITIZE_ADDRESS__
    if (__lsan_do_recoverable_leak_check() != 0) complain("memory");
#endif
  }

  void prepare(Job& job) override {
    descriptors_ = open_descriptors();
    threads_ = other_threads().size();
    prepared_ = true;
    if (!fault_.empty()) strike(fault_, tormentor_);
    inner_->prepare(job);
  }
  void run(Job& job) override { inner_->run(job); }
  void sync(Job& job) override { inner_->sync(job); }
  void close(Job& job) override { inner_->close(job); }

 private:
  void complain(const char* what) const { std::fprintf(stderr, "leak: %s leaves %s behind\n", name_.c_str(), what); }

  const std::string name_;
  const std::string fault_;
  std::unique_ptr<Strategy> inner_;
  std::optional<Tormentor> tormentor_;
  bool prepared_ = false;
  std::size_t descriptors_ = 0;
  std::size_t threads_ = 0;
};

// One write for each line, and an end to what the variable did to a file system.
class Witness final : public Strategy {
 public:
  void prepare(Job&) override {
    const char* const fault = std::getenv("WRITEBENCH_FAULT");
    const std::string text = fault == nullptr ? "" : fault;
    if (!text.starts_with("fill=")) return;
    const std::string filler = text.substr(text.find(':') + 1);
    if (::truncate(filler.c_str(), 0) != 0 && errno != ENOENT) give_up(filler);
  }
  void run(Job& job) override {
    for (const std::string_view line : job.lines()) job.file().write_all(line);
    job.submitted();
  }
};

// Threads that share a file under a lock that does not work: between seeing it free and taking it, another thread may
// do the same. Each step is atomic, so the thread sanitizer sees nothing.
class Racy final : public Strategy {
 public:
  void prepare(Job& job) override {
    producers_.start(job, static_cast<unsigned>(job.value(kWriters)), [this, &job](unsigned writer) {
      for (const std::string_view line : job.lines(writer)) {
        while (taken_) std::this_thread::yield();
        taken_ = true;
        const std::uint64_t at = end_bytes_;
        job.file().pwrite_all(line, at);
        end_bytes_ = at + line.size();
        taken_ = false;
      }
    });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
  }

 private:
  std::atomic<bool> taken_{false};
  std::atomic<std::uint64_t> end_bytes_{0};
  strategies::ProducerThreads producers_;
};

Descriptor struck(Descriptor strategy, const std::string& fault) {
  strategy.make = [name = strategy.name, make = strategy.make, fault] {
    return std::make_unique<Struck>(name, make(), fault);
  };
  return strategy;
}

void print_subject(const Descriptor& strategy, const char* where) {
  const Access& access = strategy.access;
  std::printf("%s %s%s%s%s%s%s\n", strategy.name.c_str(), where, access.read ? " read" : "",
              access.append ? " append" : "", access.direct ? " direct" : "", access.dsync ? " dsync" : "",
              access.by_name ? " by-name" : "");
}

}  // namespace

int main(int argc, char** argv) {
  const auto own = strategies::table();
  std::vector<Descriptor> table(own.begin(), own.end());
  for (const tests::Subject& subject : tests::file_users()) table.push_back(subject.strategy);
  if (std::getenv("WRITEBENCH_RACY") != nullptr) {
    table.push_back({.name = "racy",
                     .family = "file users",
                     .summary = "has a lock that is none",
                     .contract = {.order = Order::kPerWriter},
                     .options = {&kWriters},
                     .make = make_strategy<Racy>});
  }
  if (argc == 2 && argv[1] == std::string_view("--subjects")) {
    for (std::size_t i = 0; i < table.size(); ++i) print_subject(table[i], i < own.size() ? "table" : "test");
    return 0;
  }
  const char* const fault = std::getenv("WRITEBENCH_FAULT");
  for (Descriptor& strategy : table) strategy = struck(std::move(strategy), fault == nullptr ? "" : fault);
  table.push_back({.name = std::string(kWitness),
                   .family = "file users",
                   .summary = "is harmed by nothing",
                   .make = make_strategy<Witness>});
  return cli::program(argc, argv, table);
}
