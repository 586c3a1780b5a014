#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/options/usage_error.hpp"
#include "tests/fuzz/made_up_table.hpp"
#include "tests/fuzz/targets.hpp"

namespace writebench::fuzz {
namespace {

constexpr std::string_view kWords[] = {"off", "on"};
constexpr Option kPoll{.name = "poll",
                       .key = "poll",
                       .summary = "how completions are found",
                       .kind = Option::Kind::kWord,
                       .min = 0,
                       .words = kWords};
constexpr Option kDelay{.name = "delay", .key = "delay_ns", .summary = "a delay", .kind = Option::Kind::kNanoseconds};

}  // namespace

std::span<const Descriptor> made_up_table() {
  static const std::vector<Descriptor> table{
      {.name = "null", .family = "control", .summary = "writes nothing", .role = Role::kControl},
      {.name = "sync", .family = "caller writes", .summary = "the reference"},
      {.name = "buffered", .family = "dispatch", .summary = "blocks", .options = {&kBufferSize, &kThreads, &kPoll}},
      {.name = "naive-async",
       .family = "dispatch",
       .summary = "tasks",
       .contract = {.order = Order::kPerWriter, .layout = Layout::kOneFile, .each_line_durable = false},
       .options = {&kWriters, &kThreads, &kQueueDepth, &kInFlightBytes, &kDelay}},
      {.name = "copy-lines", .family = "rung", .summary = "copies", .role = Role::kRung}};
  return table;
}

// The arguments are the lines of the text, after the program's name. Nothing is carried out: a subcommand is only
// parsed. What a run would be made of has one runnable for each cell, and cells with ids of their own.
void command_line(std::string_view bytes) {
  constexpr std::size_t kMostArguments = 64;
  std::vector<std::string> arguments{"writebench"};
  for (std::size_t begin = 0; begin < bytes.size() && arguments.size() < kMostArguments;) {
    const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
    arguments.emplace_back(bytes.substr(begin, end - begin));
    begin = end + 1;
  }
  try {
    cli::CommandLine line(arguments, made_up_table());
    const cli::Options options = line.parse();
    require(options.cells.size() == options.runnables.size(), "a cell has no runnable");
  } catch (const cli::UsageError& error) {
    require(*error.what() != 0, "a refusal says nothing");
  }
}

}  // namespace writebench::fuzz
