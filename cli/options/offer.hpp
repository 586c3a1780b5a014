#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

namespace writebench::cli {

/// What the value of an option, or an argument, may be: for whoever completes a command line.
struct Offer {
  enum class Kind {
    kWords,
    kStrategies,   ///< names, families, all; ^NAME takes out
    kSettings,     ///< STRATEGY.OPTION=VALUE
    kLimits,       ///< STRATEGY.METRIC=VALUE
    kSubjects,     ///< one strategy, or the report of an explanation
    kReports,      ///< files that end in .json
    kOptionFiles,  ///< files that end in .toml
    kFiles,
    kDirectories,
    kBaselines,  ///< the names of the reports in --baseline-dir
    kCommands,   ///< those of writebench
    kPrograms,   ///< files, or programs on the path
  };

  Kind kind = Kind::kWords;
  bool list = false;  ///< several by commas
  std::vector<std::string> words = {};
};

/// Notes it on an option: add_option(...)->check(offers(...)). It checks nothing: values are parsed by us.
CLI::Validator offers(const Offer& offer);
CLI::Validator offers(Offer::Kind kind);
/// One of these words, or a list of them.
CLI::Validator offers_words(std::vector<std::string> words);
CLI::Validator offers_list_of(std::vector<std::string> words);

/// What was noted on an option; no value if nothing was.
std::optional<Offer> offer_of(CLI::Option& option);

}  // namespace writebench::cli
