#pragma once

#include <cstdint>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace writebench::strategies {

/// Starts a thread that runs `body`, as the next of `planned` threads. Throws std::system_error, whose message says
/// which of them could not be started; the threads that were started before are left to the caller.
template <class Body>
void start_thread(std::vector<std::thread>& threads, std::uint64_t planned, Body body) {
  try {
    threads.emplace_back(std::move(body));
  } catch (const std::system_error& error) {
    throw std::system_error(
        error.code(), "cannot start thread " + std::to_string(threads.size() + 1) + " of " + std::to_string(planned));
  }
}

}  // namespace writebench::strategies
