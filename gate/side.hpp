#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "engine/trial/trial_runner.hpp"
#include "reports/report.hpp"

namespace writebench::gate {

/// One side of a paired session: what there is to measure, in a report without samples, and who runs its trials.
struct Side {
  reports::Report cells;
  engine::TrialRunner& runner;
};

/// The cells without controls and without the twins that the user asked for.
reports::Report contestants(reports::Report cells);

/// The program cannot be run, or does not speak the protocol; the message names it and says what to do.
class SideError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The user wants to stop (engine::interrupted()).
class Interrupted : public std::exception {
 public:
  const char* what() const noexcept override { return "interrupted"; }
};

/// A program that speaks the trial protocol (docs/trial-protocol.md): `PROGRAM trial OPTIONS` prints a report without
/// samples, `PROGRAM trial OPTIONS --cell ID` one with that cell and one sample. Each trial is a process of its own, so
/// that what differs from one start to the next (the layout of its memory above all) is drawn anew each time.
///
/// The program verifies its own trials, and fills in all of a Sample but round and position. A cell is known to it by
/// its id alone.
class ProgramSide final : public engine::TrialRunner {
 public:
  /// `side` is the option that named the program, for messages. Checks that the program can be found.
  ProgramSide(std::string side, const std::string& program, std::vector<std::string> options);

  /// What the program has to measure: a report without samples. Throws SideError; Interrupted if a signal ended it.
  reports::Report cells() const;

  /// Throws SideError.
  std::optional<engine::TrialResult> run(const engine::TrialRequest& request, const Waiting& waiting) override;

 private:
  // No value if a signal or `waiting` ended it.
  std::optional<reports::Report> ask(const std::vector<std::string>& more, const Waiting& waiting) const;
  [[noreturn]] void refuse(const std::string& reason) const;

  std::string side_;
  std::string program_;
  std::vector<std::string> options_;
};

}  // namespace writebench::gate
