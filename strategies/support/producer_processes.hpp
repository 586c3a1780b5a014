#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "writebench/job.hpp"

namespace writebench::strategies {

/// Writers that are processes, each with one thread, as programs that share a log are. The counterpart of
/// ProducerThreads:
///
/// - start(), called in prepare(), forks the processes. Each reads its counters and waits at the gate.
/// - run(), called in run(), opens the gate. Each process calls `body(process)`; its cost counts as the callers' cost.
/// - The destructor kills and reaps them. None outlives this process, even if that is killed.
///
/// A process inherits the files with their descriptors, as the workers of a server inherit its log. What File counts it
/// counts for all of them. A body closes its own descriptors when it is done: a file that is left open is not closed by
/// the caller's close. The caller must be single-threaded. Not thread-safe.
class ProducerProcesses {
 public:
  using Body = std::function<void(unsigned process)>;

  ProducerProcesses() = default;
  ProducerProcesses(const ProducerProcesses&) = delete;
  ProducerProcesses& operator=(const ProducerProcesses&) = delete;
  ~ProducerProcesses();

  /// Returns once every process waits at the gate, so the clock does not include starting them. `job` and `body` must
  /// outlive the processes, and run(). Throws std::system_error.
  void start(const Job& job, unsigned processes, const Body& body);

  /// Releases the processes, waits until all are done, and rethrows the first error of a body. A process that ends in
  /// the middle of its body is an error too. An error does not stop the others.
  void run();

 private:
  struct Shared;
  struct Process {
    pid_t id = -1;  // -1 once it is reaped
    int pipe = -1;  // the reading end: hung up once the process is done, or has ended
  };

  void produce(const Job& job, unsigned process, const Body& body, const std::function<void()>& arrive) const;
  void wait_until_done(unsigned number);
  static int reap(Process& process);
  void throw_first_error() const;

  Shared* shared_ = nullptr;
  std::vector<Process> processes_;
  std::string death_;  // of the first process that was found to have ended before it was done
};

}  // namespace writebench::strategies
