#include "engine/trial/page_tables.hpp"

#include <sys/mman.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace writebench::engine {
namespace {

// Larger writable regions hold the lines of a replayed file, which no trial writes to. A copy of them would be waste.
constexpr std::uintptr_t kMostCopiedBytes = std::uintptr_t{4} << 20;

}  // namespace

void fill_page_tables() {
  std::FILE* const maps = std::fopen("/proc/self/maps", "re");  // proc(5)
  if (maps == nullptr) return;
  char line[4096 + 128];
  bool begins = true;  // what is read next begins a line; the rest of a longer one is no region
  while (std::fgets(line, sizeof line, maps) != nullptr) {
    const bool region = begins;
    begins = std::strchr(line, '\n') != nullptr;
    if (!region) continue;
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    char readable = 0;
    char writable = 0;
    char executable = 0;
    char shared = 0;
    if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %c%c%c%c", &begin, &end, &readable, &writable, &executable,
                    &shared) != 6 ||
        readable != 'r' || shared != 'p' || (writable == 'w' && end - begin > kMostCopiedBytes)) {
      continue;
    }
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel names regions by number
    ::madvise(reinterpret_cast<void*>(begin), end - begin, writable == 'w' ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
  }
  std::fclose(maps);
}

}  // namespace writebench::engine
