#pragma once

#include <string>
#include <vector>

namespace writebench::gate {

/// What a program left when it had ended.
struct Ended {
  int status = 0;  ///< as waitpid(2) gives it
  std::string output;
  std::string errors;  ///< of stderr, the first 4 KiB
};

/// Runs a program with empty input to its end and reads what it prints. Throws std::system_error where it cannot be
/// started, std::length_error where it prints more than `most_output_bytes`. A signal that ends us
/// (engine::interrupted()) is passed on to it and to what it started; what goes on for 5 s then is killed.
Ended run_process(const std::vector<std::string>& arguments, std::size_t most_output_bytes);

}  // namespace writebench::gate
