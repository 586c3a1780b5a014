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

/// Runs a program with empty input to its end and reads its output. Throws std::system_error if it cannot be started,
/// std::length_error if it prints more than `most_output_bytes`.
///
/// `waiting`, if there is one, is called about ten times a second. If it returns false, or a signal ends us
/// (engine::interrupted()), the program and its children get that signal (SIGTERM if there is none); those still
/// running after 5 s are killed.
Ended run_process(const std::vector<std::string>& arguments, std::size_t most_output_bytes,
                  const std::function<bool()>& waiting = {});

}  // namespace writebench::gate
