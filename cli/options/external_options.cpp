#include "cli/options/external_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <stdexcept>
#include <system_error>

#include "cli/options/origin_programs.hpp"
#include "cli/options/usage_error.hpp"
#include "engine/program/program_trial.hpp"
#include "engine/run/interrupt.hpp"

namespace writebench::cli {
namespace {

constexpr std::chrono::seconds kForDeclaration{30};  // an interpreter may start slowly

bool is_row_name(std::string_view name) {
  constexpr std::size_t kMost = 60;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !name.empty() && name.size() <= kMost && name.front() != '-' && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), fits);
}

// Their defaults may differ.
bool take_the_same_values(const Option& a, const Option& b) {
  return a.kind == b.kind && a.min == b.min && a.max == b.max &&
         std::equal(a.words.begin(), a.words.end(), b.words.begin(), b.words.end());
}

}  // namespace

void declare_external(CLI::App& app, std::vector<std::string>& typed, const char* group) {
  CLI::Option* const option =
      app.add_option("--external", typed,
                     "a program in any language as a strategy (docs/external-programs.md); may stand again")
          ->allow_extra_args(false)
          ->type_name("NAME=COMMAND");
  if (group != nullptr) option->group(group);
}

std::shared_ptr<const engine::Program> ask_program(std::string_view option, const std::string& name,
                                                   const std::string& command) {
  const auto refuse = [&](const std::string& reason) {
    return UsageError(fmt::format("{} '{}' {}", option, command, reason));
  };
  std::vector<std::string> words;
  try {
    words = engine::words_of_command(command);
  } catch (const std::invalid_argument& error) {
    throw refuse(error.what());
  }
  try {
    const auto declared = engine::ask_program(words, kForDeclaration, [] { return engine::interrupted() == 0; });
    if (!declared) throw refuse("was interrupted while it was asked what it declares");
    return std::make_shared<const engine::Program>(name, words, *declared);
  } catch (const std::system_error& error) {
    throw refuse(fmt::format("cannot be run: {}; name a program and its arguments", error.code().message()));
  } catch (const engine::BadDeclaration& error) {
    throw refuse(
        fmt::format("does not speak the protocol of external programs (docs/external-programs.md): {}", error.what()));
  }
}

Programs ask_programs(const std::vector<std::string>& typed, std::span<const Descriptor> table) {
  Programs programs;
  for (const std::string& text : typed) {
    const std::size_t equals = text.find('=');
    if (equals == text.npos) throw UsageError(fmt::format("--external '{}' is not of the form NAME=COMMAND", text));
    const std::string name = text.substr(0, equals);
    if (!is_row_name(name)) {
      throw UsageError(
          fmt::format("--external '{}': the name '{}' may have letters, digits, '-', '_' and '.' only", text, name));
    }
    const auto is_taken = [&](const Descriptor& strategy) { return strategy.name == name || strategy.family == name; };
    const std::vector<Descriptor> origin = origin_entries();
    if (name == "all" || name == engine::kProgramFamily || std::any_of(table.begin(), table.end(), is_taken) ||
        std::any_of(origin.begin(), origin.end(), is_taken)) {
      throw UsageError(
          fmt::format("--external '{}': there is a strategy or family '{}' already; take another name", text, name));
    }
    if (std::any_of(programs.begin(), programs.end(), [&](const auto& other) { return other->name() == name; })) {
      throw UsageError(fmt::format("--external '{}': an earlier --external has that name; take another", text));
    }
    programs.push_back(ask_program("--external", name, text.substr(equals + 1)));
  }
  return programs;
}

void check_shared_options(const Programs& programs, std::span<const Descriptor> strategies) {
  for (const auto& program : programs) {
    for (const Option* const own : program->declaration().options) {
      for (const Descriptor& other : strategies) {
        for (const Option* const known : other.options) {
          if (known == own || known->name != own->name || take_the_same_values(*known, *own)) continue;
          throw UsageError(
              fmt::format("--external '{}' declares an option '{}' that takes other values than that of {}; give it "
                          "another name, or leave {} out (--strategy)",
                          program->name(), own->name, other.name, other.name));
        }
      }
    }
  }
}

std::vector<Descriptor> with_programs(std::span<const Descriptor> table, const Programs& programs) {
  std::vector<Descriptor> all(table.begin(), table.end());
  for (const auto& program : programs) all.push_back(program->descriptor());
  return all;
}

}  // namespace writebench::cli
