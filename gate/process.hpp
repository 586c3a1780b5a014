#pragma once

#include <functional>
#include <string>
#include <vector>

namespace writebench::gate {

/// The result of a program that has ended.
struct Ended {
  int status = 0;  ///< as waitpid(2) gives it
  std::string output;
  std::string errors;  ///< the first 4 KiB of stderr
};

/// Runs a program with empty input and reads its output, until its first process ends; whatever it has started and left
/// running is then killed. None of it outlives this process (engine::GuardedProcess). Throws std::system_error if it
/// cannot be started, std::length_error if it prints more than `most_output_bytes`.
///
/// `waiting`, if there is one, is called about ten times a second. If it returns false, or a signal ends us
/// (engine::interrupted()), the program and its children get that signal if it is SIGINT, SIGHUP or SIGQUIT, else
/// SIGTERM; those still running after 0.6 s are killed. A process that hangs in the kernel is left
/// (engine::left_to_kernel()).
Ended run_process(const std::vector<std::string>& arguments, std::size_t most_output_bytes,
                  const std::function<bool()>& waiting = {});

}  // namespace writebench::gate
