#pragma once

#include <string>
#include <vector>

#include "cli/options/verdict_options.hpp"
#include "cli/text/terminal.hpp"
#include "gate/comparison.hpp"

namespace writebench::cli {

/// Prints the comparison in the form asked for, or writes it to the files of --out, each in the form that its name
/// says, and prints the table. Returns the exit status, as status_of() has it.
class VerdictOutput {
 public:
  /// Checks everything, before anything is measured. No output may be one of the `inputs`.
  VerdictOutput(const TypedSettings& typed, const std::vector<std::string>& inputs);

  int print(const gate::Comparison& comparison) const;

  /// Whether any file is written.
  bool has_files() const;

 private:
  enum class Format { kTable, kMarkdown, kJunit, kJson };
  struct File {
    std::string path;
    Format format;
  };
  std::string text_of(const gate::Comparison& comparison, Format format, const Terminal& terminal) const;

  Format format_ = Format::kTable;  ///< of stdout, if no file is asked for
  bool table_ = true;               ///< on stdout
  FailOn fail_on_;
  std::vector<File> out_;
  bool force_;
};

}  // namespace writebench::cli
