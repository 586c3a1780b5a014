#include "cli/program.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/commands/dry_run.hpp"
#include "cli/commands/run.hpp"
#include "cli/options/exit_status.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/standard_streams.hpp"
#include "cli/text/notes.hpp"
#include "cli/text/print.hpp"
#include "cli/text/terminal.hpp"
#include "engine/process/process_tree.hpp"
#include "engine/process/signals.hpp"
#include "engine/trial/child_process.hpp"
#include "engine/trial/scratch.hpp"
#include "gate/baselines.hpp"
#include "gate/side.hpp"
#include "reports/read/read.hpp"

namespace writebench::cli {
namespace {

void print_message(const std::string& message) { print_text(stderr, on_one_line("writebench: " + message)); }

int carry_out(const Options& options, std::vector<std::string> command_line) {
  switch (options.command) {
    case Options::Command::kPrint: print_text(stdout, options.text); return status(ExitStatus::kFine);
    case Options::Command::kSubcommand: return options.action();
    case Options::Command::kDryRun: return dry_run_command(options);
    case Options::Command::kRun: return run_command(options, std::move(command_line));
  }
  return status(ExitStatus::kFine);
}

int dispatch(int argc, char** argv, std::span<const Descriptor> table) {
  const Options options = parse_options(argc, argv, table);
  print_notes(options.notes);
  try {
    return carry_out(options, {argv, argv + argc});
  } catch (const UsageError& error) {
    throw with_place(error, options.from_config);
  }
}

int guarded(int argc, char** argv, std::span<const Descriptor> table) {
  try {
    const int ended_with = dispatch(argc, argv, table);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) throw std::runtime_error("stdout could not be written");
    return ended_with;
  } catch (const UsageError& error) {
    print_message(error.what());
    return status(ExitStatus::kUsage);
  } catch (const reports::BadReport& error) {
    print_message(error.what());
    return status(ExitStatus::kUsage);
  } catch (const gate::BadBaseline& error) {
    print_message(error.what());
    return status(ExitStatus::kUsage);
  } catch (const gate::SideError& error) {
    print_message(error.what());
    return status(ExitStatus::kUsage);
  } catch (const std::exception& error) {
    print_message(error.what());
    return status(ExitStatus::kFailed);
  }
}

}  // namespace

int program(int argc, char** argv, std::span<const Descriptor> table) {
  occupy_closed_streams();
  engine::catch_signals();
  engine::keep_wait_statuses();
  engine::set_scratch_notice([](const std::string& sentence) { print_message(sentence); });
  const int ended_with = guarded(argc, argv, table);
  for (const pid_t pid : engine::left_to_kernel()) {
    print_message(fmt::format("process {} hangs in the kernel, and is left to it; so are its files", pid));
  }
  const int number = engine::noted_signal();
  if (number == 0) return ended_with;
  if (number != SIGPIPE) print_message("ended by " + engine::name_of_signal(number));
  return ended_by(number);
}

}  // namespace writebench::cli
