#include "strategies/support/library_needs.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "strategies/support/start_thread.hpp"

namespace writebench::strategies {
namespace {

// Each thread has a directory there. 0 if the system does not say.
nlink_t threads_of_process() {
  struct stat status {};
  return ::stat("/proc/self/task", &status) == 0 ? status.st_nlink : 0;
}

// A thread that was joined counts against RLIMIT_NPROC until the kernel has released it, a moment later.
void wait_until_released(nlink_t threads_before) {
  for (int attempt = 0; attempt < 1000 && threads_of_process() > threads_before; ++attempt) {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

}  // namespace

void expect_descriptors(unsigned count) {
  std::vector<int> opened;
  opened.reserve(count);
  int error = 0;
  while (opened.size() < count) {
    const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) {
      opened.push_back(descriptor);
    } else if (errno != EINTR) {
      error = errno;
      break;
    }
  }
  for (const int descriptor : opened) ::close(descriptor);
  if (error == EMFILE || error == ENFILE) {
    throw std::system_error(error, std::generic_category(), "cannot open " + std::to_string(count) + " files");
  }
}

void expect_threads(unsigned count) {
  const nlink_t before = threads_of_process();
  std::atomic<bool> all_started{false};
  std::vector<std::thread> threads;
  threads.reserve(count);
  const auto end_all = [&] {
    all_started = true;
    all_started.notify_all();
    for (std::thread& thread : threads) thread.join();
    wait_until_released(before);
  };
  try {
    while (threads.size() < count) start_thread(threads, count, [&] { all_started.wait(false); });
  } catch (...) {
    end_all();
    throw;
  }
  end_all();
}

void expect_memory(std::size_t bytes) {
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  ::munmap(memory, bytes);
}

}  // namespace writebench::strategies
