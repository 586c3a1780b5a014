#pragma once

#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lines/workload.hpp"
#include "engine/trial/cell.hpp"
#include "writebench/strategy.hpp"

namespace writebench::engine {

/// The family of every external program.
inline constexpr std::string_view kProgramFamily = "external";

/// A declaration that is not one; the message says why.
class BadDeclaration : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a program declares that it honours (docs/external-programs.md). What it does not say, it does not.
struct Declaration {
  Contract contract{.each_line_durable = false};
  bool close = false, bytes = false;  ///< durabilities; `line` is part of the contract
  bool counter = true, file = false;  ///< where it can take the lines from
  bool pace = false, file_state = false, preallocate = false;
  std::vector<const Option*> options;  ///< shared ones, or of the program that owns the declaration
};

/// An external program: what it is called, how it is started, and what it has declared. Immutable; descriptors and
/// cells point into it, so it outlives them.
class Program {
 public:
  /// `declared` is the JSON text of its declaration. Throws BadDeclaration.
  Program(std::string name, std::vector<std::string> command, std::string_view declared);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  const std::string& name() const { return name_; }
  const std::vector<std::string>& command() const { return command_; }
  const Declaration& declaration() const { return declaration_; }

  /// Its entry among the strategies. The entry's options are this program's.
  Descriptor descriptor() const;

  /// Why it cannot do this work; no value if it can.
  std::optional<std::string> unavailable(const Parameters& parameters, const Workload& workload) const;

  /// Whether it gets the lines as a file.
  bool takes_file(const Workload& workload) const {
    return workload.lines_kind != "counter" || workload.random_bytes || !declaration_.counter;
  }

 private:
  struct OwnOptions;

  const std::string name_;
  const std::vector<std::string> command_;
  std::unique_ptr<OwnOptions> own_;
  Declaration declaration_;
};

/// As unavailable() of the descriptor, and of the program if there is one.
std::optional<std::string> unavailable(const Runnable& runnable, const CellSpec& cell);

/// The words of a command line: separated by blanks, joined by quotes ('…' literally, "…" with backslashes), a
/// backslash takes the next character as it is. Nothing is expanded. Throws std::invalid_argument.
std::vector<std::string> words_of_command(std::string_view text);

/// The words as a person would type them.
std::string text_of_command(std::span<const std::string> words);

}  // namespace writebench::engine
