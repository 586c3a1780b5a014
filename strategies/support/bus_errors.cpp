#include "strategies/support/bus_errors.hpp"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace writebench::strategies {

std::atomic<char*> BusErrors::begin_{nullptr};
std::atomic<char*> BusErrors::end_{nullptr};
std::atomic<const char*> BusErrors::lost_{nullptr};
struct sigaction BusErrors::before_ {};

BusErrors::BusErrors() {
  watch(nullptr, 0);
  lost_ = nullptr;
  struct sigaction action {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigemptyset(&action.sa_mask);
  if (::sigaction(SIGBUS, &action, &before_) != 0) {
    throw std::system_error(errno, std::generic_category(), "sigaction");
  }
}

BusErrors::~BusErrors() {
  ::sigaction(SIGBUS, &before_, nullptr);
  watch(nullptr, 0);
}

void BusErrors::watch(char* begin, std::size_t bytes) {
  end_ = begin;  // nothing, until both are set
  begin_ = begin;
  end_ = begin + bytes;
}

// Async-signal-safe: one bare system call.
void BusErrors::handle(int, siginfo_t* info, void*) {
  const int error = errno;
  auto* const at = static_cast<char*>(info->si_addr);
  const bool is_fault = info->si_code > 0;  // and not sent by a process
  if (is_fault && at >= begin_ && at < end_) {
    const auto page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    char* const page = at - reinterpret_cast<std::uintptr_t>(at) % page_bytes;
    const long mapped =
        ::syscall(SYS_mmap, page, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (mapped != -1) {
      const char* none = nullptr;
      lost_.compare_exchange_strong(none, at);
      errno = error;
      return;
    }
  }
  ::sigaction(SIGBUS, &before_, nullptr);
  if (!is_fault) ::raise(SIGBUS);  // a fault comes again by itself
}

}  // namespace writebench::strategies
