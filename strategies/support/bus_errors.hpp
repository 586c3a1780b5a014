#pragma once

#include <atomic>
#include <csignal>
#include <cstddef>

namespace writebench::strategies {

/// While one exists, a store into a mapping that the file cannot take does not end the program: the disk is full, the
/// device fails, or somebody has cut the file. The kernel answers such a store with SIGBUS, which is handled here: the
/// page is replaced by memory of the process, so that the store goes there and is lost, and its address is kept. All
/// other SIGBUS go on to the handler that was there before.
///
/// There may be one at a time in a process. Stores may come from any thread.
class BusErrors {
 public:
  /// Throws std::system_error.
  BusErrors();
  BusErrors(const BusErrors&) = delete;
  BusErrors& operator=(const BusErrors&) = delete;
  ~BusErrors();

  /// Watches `bytes` from `begin` on, instead of what was watched before; none if `bytes` is 0.
  void watch(char* begin, std::size_t bytes);

  /// The address of the first store that was lost; null if none was. Costs one load.
  static const char* lost() {
    std::atomic_signal_fence(std::memory_order_seq_cst);  // the stores before this call come first
    return lost_.load(std::memory_order_relaxed);
  }

 private:
  static void handle(int number, siginfo_t* info, void* context);

  static std::atomic<char*> begin_;
  static std::atomic<char*> end_;
  static std::atomic<const char*> lost_;
  static struct sigaction before_;
};

}  // namespace writebench::strategies
