#pragma once

#include <string>
#include <vector>

#include "cli/options/verdict_options.hpp"
#include "cli/text/terminal.hpp"
#include "gate/comparison.hpp"

namespace writebench::cli {

/// Prints the comparison in the form asked for, or writes it to the files of --out, each in the form that its name
/// says, and prints the table. Returns the exit status: 0; 3 where something is slower; 1 where a cell failed in the
/// head alone; 4 where nothing can be told, as far as --fail-on says so; 2 where nothing could be compared, since a
/// gate that looks at nothing must not pass.
class VerdictOutput {
 public:
  /// Checks everything, before anything is measured.
  explicit VerdictOutput(const TypedSettings& typed);

  int print(const gate::Comparison& comparison) const;

 private:
  enum class Format { kTable, kMarkdown, kJunit, kJson };
  struct File {
    std::string path;
    Format format;
  };
  std::string text_of(const gate::Comparison& comparison, Format format, const Terminal& terminal) const;

  Format format_ = Format::kTable;  ///< of stdout, where no file is asked for
  FailOn fail_on_;
  std::vector<File> out_;
  bool force_;
};

}  // namespace writebench::cli
