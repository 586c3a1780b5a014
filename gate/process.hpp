#pragma once

#include <functional>
#include <string>
#include <vector>

namespace writebench::gate {

/// What a program left when it had ended.
struct Ended {
  int status = 0;  ///< as waitpid(2) gives it
  std::string output;
  std::string errors;  ///< of stderr, the first 4 KiB
};

/// Runs a program with empty input to its end and reads what it prints. Throws std::system_error if it cannot be
/// started, std::length_error if it prints more than `most_output_bytes`.
///
/// `waiting`, if there is one, is called about ten times a second. When it returns false, or a signal ends us
/// (engine::interrupted()), the program and what it started get that signal (SIGTERM if there is none); what goes on
/// for 5 s then is killed.
Ended run_process(const std::vector<std::string>& arguments, std::size_t most_output_bytes,
                  const std::function<bool()>& waiting = {});

}  // namespace writebench::gate
