#pragma once

#include "cli/text/terminal.hpp"
#include "gate/ab_session.hpp"

namespace writebench::cli {

/// How far a ab_session is: one line on stderr, where that is a terminal, gone when this object is.
class AbProgress final : public gate::AbObserver {
 public:
  ~AbProgress() override { show(""); }
  void round_begins(Stage stage, std::size_t pair, std::size_t of, std::size_t cells) override;

 private:
  void show(std::string line) const;
  const Terminal terminal_ = terminal_of(stderr);
};

}  // namespace writebench::cli
