#pragma once

#include <string>
#include <vector>

#include "reports/report.hpp"

namespace writebench::gate {

/// One side of a paired session: whoever can say which cells it has, and run a trial of one of them.
class Side {
 public:
  virtual ~Side() = default;

  /// A report without samples. Throws SideError.
  virtual reports::Report cells() = 0;

  /// One trial of the cell with that id: its sample, whatever the outcome. Throws SideError; Interrupted where a
  /// signal ended it.
  virtual engine::Sample trial(const std::string& id) = 0;
};

/// Its cells without controls and without the twins that the user asked for. Throws SideError.
reports::Report contestants(Side& side);

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
class ProgramSide final : public Side {
 public:
  /// `side` is the option that named the program, for messages. Checks that the program can be found.
  ProgramSide(std::string side, const std::string& program, std::vector<std::string> options);

  reports::Report cells() override;
  engine::Sample trial(const std::string& id) override;

 private:
  reports::Report ask(const std::vector<std::string>& more) const;
  [[noreturn]] void refuse(const std::string& reason) const;

  std::string side_;
  std::string program_;
  std::vector<std::string> options_;
};

}  // namespace writebench::gate
