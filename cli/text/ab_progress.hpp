#pragma once

#include "cli/text/progress_line.hpp"
#include "gate/ab_session.hpp"

namespace writebench::cli {

/// How far a session of two programs is, as a ProgressLine on stderr.
class AbProgress final : public gate::AbObserver {
 public:
  explicit AbProgress(bool quiet) : line_(stderr, quiet) {}
  void round_begins(Stage stage, std::size_t pair, std::size_t of, std::size_t cells) override;

 private:
  ProgressLine line_;
};

}  // namespace writebench::cli
