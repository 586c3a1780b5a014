#include "cli/options/origin_programs.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>

#include "cli/options/usage_error.hpp"
#include "engine/program/program_trial.hpp"
#include "engine/run/interrupt.hpp"

namespace writebench::cli {
namespace {

namespace fs = std::filesystem;

// The strategies of writebench that do the same.
constexpr std::array<std::string_view, 4> kCounterparts{"sync", "naive-async", "buffered", "double-buffered"};

struct Language {
  std::string_view name;
  std::string_view script;                       // in scripts/peers
  std::string_view own_reference;                // the strategy that writes synchronously
  std::string_view package;                      // Debian's, of the interpreter
  std::array<std::string_view, 2> interpreters;  // the first that runs the script is taken
};

// The first python3 on the path may be one without the system's modules.
constexpr Language kPython{"Python", "origin.py", "python-sync", "python3", {"python3", "/usr/bin/python3"}};
constexpr Language kNode{"Node", "origin.mjs", "node-sync", "nodejs", {"node", "nodejs"}};

struct OriginProgram {
  std::string_view name;
  const Language* language;
  std::string_view way;      // the script's argument
  std::string_view package;  // Debian's, of a module that it needs; empty: none
  Order order;
  const Option* option;  // that it takes; null: none
  std::string_view summary;
};

constexpr std::string_view kAiofiles = "python3-aiofiles";

constexpr OriginProgram kPrograms[] = {
    {"python-sync", &kPython, "sync", "", Order::kGlobal, nullptr, "one caller, a buffered file"},
    {"python-aiofiles", &kPython, "aiofiles", kAiofiles, Order::kPerWriter, &kWriters,
     "tasks on one event loop, each line written by aiofiles and awaited"},
    {"python-buffered", &kPython, "buffered", kAiofiles, Order::kGlobal, &kBufferSize,
     "a task awaits one write of aiofiles per block"},
    {"python-double-buffered", &kPython, "double-buffered", kAiofiles, Order::kGlobal, &kBufferSize,
     "two blocks: one is written by aiofiles while the next fills"},
    {"python-to-thread", &kPython, "to-thread", "", Order::kGlobal, nullptr,
     "asyncio.to_thread runs the synchronous function"},
    {"python-executor", &kPython, "executor", "", Order::kGlobal, &kBufferSize,
     "run_in_executor writes each block to a plain file"},
    {"node-sync", &kNode, "sync", "", Order::kGlobal, nullptr, "one caller, fs.writeSync for each line"},
    {"node-awaited", &kNode, "awaited", "", Order::kPerWriter, &kWriters,
     "tasks on the event loop, FileHandle.write for each line, awaited"},
    {"node-batches", &kNode, "batches", "", Order::kGlobal, &kBufferSize,
     "one awaited write of a FileHandle per block"},
    {"node-stream", &kNode, "stream", "", Order::kGlobal, &kBufferSize,
     "a write stream; whoever writes waits for drain when it is full"},
};

const OriginProgram& program_of(std::string_view name) {
  return *std::find_if(std::begin(kPrograms), std::end(kPrograms),
                       [&](const OriginProgram& program) { return program.name == name; });
}

// Where it is relative to this program, as it is installed; a build has a link there. Empty if it is not there.
std::string script_path(std::string_view script) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path path = fs::canonical(self.parent_path().parent_path() / WRITEBENCH_PEERS / script, error);
  return error ? "" : path.string();
}

// As execvp(3) looks for it.
bool is_on_path(const std::string& program) {
  if (program.find('/') != program.npos) return ::access(program.c_str(), X_OK) == 0;
  const char* const path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::string_view directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
    if (::access((std::string(directory) + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// What can be said without starting it.
std::optional<std::string> missing_part(const Language& language) {
  if (script_path(language.script).empty()) {
    return fmt::format("{} is missing, which is installed with writebench", language.script);
  }
  for (const std::string_view interpreter : language.interpreters) {
    if (is_on_path(std::string(interpreter))) return std::nullopt;
  }
  return fmt::format("{} is missing; install the Debian package {}", language.interpreters.front(), language.package);
}

}  // namespace

std::vector<Descriptor> origin_entries() {
  std::vector<Descriptor> entries;
  for (const OriginProgram& program : kPrograms) {
    Descriptor entry;
    entry.name = program.name;
    entry.family = kOriginFamily;
    entry.summary = program.summary;
    entry.contract = {.order = program.order, .each_line_durable = false};
    entry.access = {.by_name = true};
    entry.own_sync = true;
    if (program.option != nullptr) entry.options = {program.option};
    entry.unavailable = [language = program.language] { return missing_part(*language); };
    entry.language = program.language->name;
    entry.own_reference = program.language->own_reference;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<std::string> with_counterparts(std::vector<std::string> selectors, std::span<const Descriptor> table) {
  for (const std::string_view name : kCounterparts) {
    const bool known =
        std::any_of(table.begin(), table.end(), [&](const Descriptor& entry) { return entry.name == name; });
    if (known && std::find(selectors.begin(), selectors.end(), name) == selectors.end()) selectors.emplace_back(name);
  }
  return selectors;
}

std::shared_ptr<const engine::Program> ask_origin_program(Descriptor& entry) {
  constexpr std::chrono::seconds kPatience{30};
  const OriginProgram& program = program_of(entry.name);
  std::optional<std::string> reason = missing_part(*program.language);
  for (const std::string_view interpreter : program.language->interpreters) {
    const std::string script = script_path(program.language->script);
    if (script.empty() || !is_on_path(std::string(interpreter))) continue;
    const std::vector<std::string> command{std::string(interpreter), script, std::string(program.way)};
    try {
      const auto declared = engine::ask_program(command, kPatience, [] { return engine::interrupted() == 0; });
      if (!declared) throw UsageError(fmt::format("--strategy '{}' was interrupted", entry.name));
      auto asked = std::make_shared<const engine::Program>(entry.name, command, *declared);
      const Descriptor said = asked->descriptor();
      entry.contract = said.contract;
      entry.options = said.options;
      return asked;
    } catch (const std::system_error& error) {
      reason = fmt::format("{} cannot be run: {}", interpreter, error.code().message());
    } catch (const engine::BadDeclaration& error) {
      reason = error.what();
      if (!program.package.empty()) *reason += fmt::format("; install the Debian package {}", program.package);
    }
  }
  entry.unavailable = [reason] { return reason; };
  return nullptr;
}

}  // namespace writebench::cli
