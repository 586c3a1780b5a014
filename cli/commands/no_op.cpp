#include "cli/commands/no_op.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <string_view>

namespace writebench::cli {
namespace {

// False at the end of stdin.
bool skip_line() {
  for (char character = 0; ::read(STDIN_FILENO, &character, 1) == 1;) {
    if (character == '\n') return true;
  }
  return false;
}

bool say(std::string_view text) {
  return ::write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

int no_op() {
  const bool spoken =
      say("declare {\"order\": \"nothing\", \"lines\": [\"counter\", \"file\"], \"durability\": [\"close\", "
          "\"bytes\", \"line\"], \"honours\": [\"pace\", \"file\", \"preallocate\"]}\n") &&
      skip_line() && say("ready\n") && skip_line() && say("done\n");
  while (spoken && skip_line()) {
  }
  return 0;
}

}  // namespace

void declare_no_op(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("no-op", "an external program that does nothing: the protocol's cost");
  command->callback([&action] { action = [] { return no_op(); }; });
}

}  // namespace writebench::cli
