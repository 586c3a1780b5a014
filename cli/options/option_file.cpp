#include "cli/options/option_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <sstream>
#include <vector>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/help.hpp"
#include "engine/bounded_file.hpp"

namespace writebench::cli {
namespace {

std::string place_of(const std::string& path, std::size_t line) {
  return fmt::format("--config '{}'{}", path, line > 0 ? fmt::format(", line {}", line) : "");
}

std::string read_text(const std::string& path) {
  constexpr std::uint64_t kMostBytes = 1 << 20;
  try {
    return engine::read_bounded(path, kMostBytes);
  } catch (const engine::UnreadableFile& error) {
    const bool by_system =
        error.kind() == engine::UnreadableFile::Kind::kMissing || error.kind() == engine::UnreadableFile::Kind::kError;
    throw UsageError(fmt::format("--config '{}' {}{}; name a file of options", path,
                                 by_system ? "cannot be read: " : "", error.what()));
  }
}

// The first line after line `after` that begins with `words`, as a whole word; 0 if there is none.
std::size_t line_that_begins_with(const std::string& words, const std::string& text, std::size_t after) {
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    if (++number <= after) continue;
    std::size_t begin = line.find_first_not_of(" \t");
    if (begin == line.npos) continue;
    begin += line[begin] == '"' || line[begin] == '\'';
    if (line.compare(begin, words.size(), words) != 0) continue;
    const std::size_t end = begin + words.size();
    if (end >= line.size() || std::string_view(" \t=\"'#\r").find(line[end]) != std::string_view::npos) return number;
  }
  return 0;
}

// An option that a file may set; null if there is none of this name.
CLI::Option* option_called(CLI::App& app, const std::string& name) {
  CLI::Option* const option = app.get_option_no_throw("--" + name);
  return option != nullptr && option->get_configurable() && name != "config" ? option : nullptr;
}

[[noreturn]] void refuse_name(const CLI::App& app, const std::string& name, const std::string& place) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& known_name : option->get_lnames()) known.push_back(known_name);
  }
  const std::string advice = did_you_mean(name, known);
  throw UsageError(fmt::format("{}: '{}' is not an option of {}{}", place, name, command_of(app),
                               advice.empty() ? "; 'writebench --help' shows them all" : advice));
}

// Several values of an option that takes one text are its list.
void set(CLI::Option& option, const CLI::ConfigItem& item) {
  if (option.get_expected_min() == 0) {
    option.add_result(option.get_flag_value(item.name, CLI::ConfigTOML().to_flag(item)));
  } else if (option.get_items_expected_max() == 1) {
    option.add_result(fmt::format("{}", fmt::join(item.inputs, ",")));
  } else {
    for (const std::string& value : item.inputs) option.add_result(value);
  }
  option.run_callback();
}

}  // namespace

OptionFile apply_option_text(CLI::App& app, const std::string& text, const std::string& name) {
  OptionFile file{name, {}};
  std::istringstream stream(text);
  std::size_t line = 0;
  for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(stream)) {
    if (!item.parents.empty()) {
      const std::size_t section = line_that_begins_with("[" + item.parents.front() + "]", text, 0);
      throw UsageError(
          fmt::format("{}: '{}' is a section or has a dot; write options without either, such as lines = \"1M\"",
                      place_of(name, section), item.parents.front()));
    }
    if (const std::size_t next = line_that_begins_with(item.name, text, line); next > 0) line = next;
    CLI::Option* const option = option_called(app, item.name);
    if (option == nullptr) refuse_name(app, item.name, place_of(name, line));
    if (file.lines.contains(item.name)) {
      throw UsageError(
          fmt::format("{}: '{}' is set a second time; keep one of the two", place_of(name, line), item.name));
    }
    if (std::find(item.inputs.begin(), item.inputs.end(), "") != item.inputs.end()) {
      throw UsageError(
          fmt::format("{}: --{} is empty; give a value or leave the option out", place_of(name, line), item.name));
    }
    if (option->count() > 0) continue;
    try {
      set(*option, item);
    } catch (const CLI::ParseError&) {
      throw UsageError(
          fmt::format("{}: --{} '{}' is not a value of this option; 'writebench --help' shows what it takes",
                      place_of(name, line), item.name, fmt::join(item.inputs, ",")));
    }
    file.lines.emplace(item.name, line);
  }
  return file;
}

OptionFile apply_option_file(CLI::App& app, const std::string& path) {
  return apply_option_text(app, read_text(path), path);
}

UsageError with_place(const UsageError& error, const OptionFile& file) {
  const std::string text = error.what();
  if (!text.starts_with("--")) return error;
  const auto found = file.lines.find(text.substr(2, text.find_first_of(" ,", 2) - 2));
  if (found == file.lines.end()) return error;
  return UsageError(fmt::format("{}: {}", place_of(file.path, found->second), text));
}

}  // namespace writebench::cli
