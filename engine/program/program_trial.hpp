#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/program/program.hpp"
#include "engine/trial/scratch.hpp"
#include "engine/trial/trial.hpp"

namespace writebench::engine {

/// One execution of an external program.
struct ProgramTrial {
  const Program& program;
  const Parameters& parameters;
  const Workload& workload;
  const Content& content;
  const Scratch& scratch;                 ///< where the paths are
  const std::vector<std::string>& paths;  ///< of files that do not exist, unless the workload is about old ones
  const std::string& lines_path;          ///< a file of the lines; empty if the program makes them from the counter
  /// Of each of three parts: until it is ready, until it is done, until it has ended. Then it is killed.
  std::chrono::nanoseconds timeout{300'000'000'000};
  bool observe = false;  ///< the program may time every append
};

/// A program's trial, and its files as they were when it said that it was done.
struct ProgramTrialResult {
  TrialResult result;
  std::vector<OwnedDescriptor> files;  ///< one for each path, for reading; empty unless the outcome is ok
};

/// How long a program has for its end after it was told to end by the end of its input; less if the timeout is shorter.
inline constexpr std::chrono::seconds kProgramEnd{10};

/// Starts the program, gives it its job, and waits until it and everything that it has started are gone. Whatever it
/// does becomes the outcome. `waiting` is called about ten times a second; if it returns false, the program is killed
/// and there is no result. Does not read the files back. The caller must be single-threaded. Throws std::system_error
/// if the program cannot be started, IoError if its files cannot be looked at.
std::optional<ProgramTrialResult> run_program_trial(const ProgramTrial& trial,
                                                    const std::function<bool(const TrialUnderWay&)>& waiting = {});

/// Starts the program with an empty stdin and returns what it declares: the text after `declare`, not yet parsed.
/// Throws BadDeclaration if it does not say any such line within `timeout`, and std::system_error if it cannot be
/// started. No value if `waiting` returned false.
std::optional<std::string> ask_program(const std::vector<std::string>& command, std::chrono::nanoseconds timeout,
                                       const std::function<bool()>& waiting = {});

/// The time from `go` to `done` of a program that does nothing, the median of several trials of `command`: what the
/// protocol adds to every trial. No value if it does not work.
std::optional<double> protocol_cost_ns(const std::vector<std::string>& command);

}  // namespace writebench::engine
