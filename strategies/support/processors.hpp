#pragma once

#include <sched.h>

namespace writebench::strategies {

/// The processors that the calling thread may use; none if the system does not say.
inline cpu_set_t allowed_processors() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) CPU_ZERO(&allowed);
  return allowed;
}

/// Restricts the calling thread to `allowed` without `processor`, unless that leaves none. Returns whether it did. A
/// refusal is no error: it only was to be faster.
inline bool keep_off(int processor, cpu_set_t allowed) {
  if (processor < 0 || !CPU_ISSET(processor, &allowed)) return false;
  CPU_CLR(processor, &allowed);
  return CPU_COUNT(&allowed) > 0 && ::sched_setaffinity(0, sizeof allowed, &allowed) == 0;
}

}  // namespace writebench::strategies
