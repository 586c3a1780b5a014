#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "engine/trial/trial_runner.hpp"
#include "reports/report.hpp"

namespace writebench::gate {

/// One side of a paired session: the cells to measure, as a report without samples, and the runner of its trials.
struct Side {
  reports::Report cells;
  engine::TrialRunner& runner;
};

/// The cells without the controls, and without the twins that the user asked for.
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
/// samples, `PROGRAM trial OPTIONS --cell ID` one with that cell and one sample. Each trial is a separate process, so
/// everything that differs from start to start (above all the memory layout) is random for each trial.
///
/// The program verifies its own trials, and fills in all of a Sample except round and position. It identifies a cell by
/// its id only.
class ProgramSide final : public engine::TrialRunner {
 public:
  /// `side` is the option that named the program, for messages. Checks that the program exists.
  ProgramSide(std::string side, const std::string& program, std::vector<std::string> options);

  /// The cells that the program would measure: a report without samples. Throws SideError, and Interrupted if a signal
  /// ended it. What the program prints on stderr, such as notes on options without effect, goes to `said`.
  reports::Report cells(std::string* said = nullptr) const;

  /// If the program ends otherwise than the protocol says, or answers something else, the trial has failed.
  std::optional<engine::TrialResult> run(const engine::TrialRequest& request, const Waiting& waiting) override;

 private:
  // No value if a signal or `waiting` ended it.
  std::optional<engine::TrialResult> trial_of(const engine::TrialRequest& request, const Waiting& waiting) const;
  std::optional<reports::Report> ask(const std::vector<std::string>& more, const Waiting& waiting,
                                     std::string* said = nullptr) const;
  [[noreturn]] void refuse(const std::string& reason) const;

  std::string side_;
  std::string program_;
  std::vector<std::string> options_;
};

}  // namespace writebench::gate
