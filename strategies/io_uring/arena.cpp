#include "strategies/io_uring/arena.hpp"

#include <sys/mman.h>

#include <cstring>
#include <fstream>
#include <new>
#include <sstream>
#include <string>

#include "writebench/errors.hpp"

namespace writebench::strategies {
namespace {

constexpr std::size_t kHugeBytes = 2u << 20;
constexpr int kPrivate = MAP_PRIVATE | MAP_ANONYMOUS;

void* map(std::size_t bytes, int flags) { return ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0); }

std::size_t rounded_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

// How much of the mapping that has this address consists of transparent huge pages (proc(5), smaps).
std::size_t huge_bytes_at(const char* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream smaps("/proc/self/smaps");
  bool found = false;
  for (std::string line; std::getline(smaps, line);) {
    std::istringstream words(line);
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char dash = 0;
    if (words >> std::hex >> begin >> dash >> end && dash == '-') found = begin <= wanted && wanted < end;
    if (found && line.starts_with("AnonHugePages:")) return std::stoull(line.substr(line.find(':') + 1)) * 1024;
  }
  return 0;
}

}  // namespace

Arena::Arena(std::size_t bytes, Pages pages) : bytes_(bytes) {
  if (pages == Pages::kHuge) {
    map_huge();
  } else {
    map_normal();
  }
}

Arena::~Arena() {
  if (memory_ != nullptr) ::munmap(memory_, bytes_);
}

void Arena::map_normal() {
  void* const memory = map(bytes_, kPrivate | MAP_POPULATE);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  memory_ = static_cast<char*>(memory);
}

void Arena::map_huge() {
  bytes_ = rounded_up(bytes_, kHugeBytes);
  if (void* const reserved = map(bytes_, kPrivate | MAP_HUGETLB | MAP_POPULATE); reserved != MAP_FAILED) {
    memory_ = static_cast<char*>(reserved);
    return;
  }
  // A mapping of which so many bytes begin at a huge page. What is before and after goes back.
  void* const mapped = map(bytes_ + kHugeBytes, kPrivate);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* const begin = static_cast<char*>(mapped);
  const std::size_t before =
      rounded_up(reinterpret_cast<std::uintptr_t>(begin), kHugeBytes) - reinterpret_cast<std::uintptr_t>(begin);
  if (before > 0) ::munmap(begin, before);
  if (before < kHugeBytes) ::munmap(begin + before + bytes_, kHugeBytes - before);
  memory_ = begin + before;
  ::madvise(memory_, bytes_, MADV_HUGEPAGE);
  std::memset(memory_, 0, bytes_);
  const std::size_t huge_bytes = huge_bytes_at(memory_);
  if (huge_bytes >= bytes_) return;
  ::munmap(memory_, bytes_);
  memory_ = nullptr;
  throw Unsupported("there are huge pages for only " + std::to_string(huge_bytes >> 20) + " of " +
                    std::to_string(bytes_ >> 20) +
                    " MiB of blocks: reserve some (vm.nr_hugepages), or allow transparent ones "
                    "(/sys/kernel/mm/transparent_hugepage/enabled: madvise)");
}

}  // namespace writebench::strategies
