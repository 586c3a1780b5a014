#include "engine/program/program.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <deque>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace writebench::engine {
namespace {

using Json = nlohmann::json;

// The words of one key, each with what it turns on.
struct Word {
  std::string_view word;
  bool Declaration::*at;
};

[[noreturn]] void refuse(const std::string& key, const std::string& problem) {
  throw BadDeclaration("'" + key + "' " + problem);
}

std::string string_in(const std::string& key, const Json& value) {
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) refuse(key, "is not a text");
  return value.get<std::string>();
}

bool is_name(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 40 && text.front() >= 'a' && text.front() <= 'z' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), fits);
}

// The words of a list, each of which must be one of `known`.
std::vector<std::size_t> words_in(const std::string& key, const Json& value, std::span<const std::string_view> known) {
  if (!value.is_array()) refuse(key, "is not a list");
  std::vector<std::size_t> found;
  for (const Json& item : value) {
    const std::string word = string_in(key, item);
    const auto at = std::find(known.begin(), known.end(), word);
    if (at == known.end()) {
      std::string all;
      for (const std::string_view one : known) all += (all.empty() ? "" : ", ") + std::string(one);
      refuse(key, "has '" + word + "', which is none of " + all);
    }
    found.push_back(static_cast<std::size_t>(at - known.begin()));
  }
  return found;
}

std::size_t word_at(const std::string& key, const Json& value, std::span<const std::string_view> known) {
  return words_in(key, Json::array({value}), known).front();
}

constexpr std::string_view kDurabilities[] = {"none", "close", "bytes", "line"};
constexpr std::string_view kHonoured[] = {"pace", "file", "preallocate"};
constexpr std::string_view kSources[] = {"counter", "file"};
constexpr std::string_view kOrders[] = {"nothing", "none", "per-writer", "global"};
constexpr Order kOrderValues[] = {Order::kNothing, Order::kNone, Order::kPerWriter, Order::kGlobal};
constexpr std::string_view kLayouts[] = {"one-file", "file-per-writer"};
constexpr std::string_view kKinds[] = {"count", "bytes", "nanoseconds", "word"};
constexpr std::string_view kOptionKeys[] = {"name", "summary", "kind", "usual", "min", "max", "words"};

const Option* shared_option(std::string_view name) {
  const auto found =
      std::find_if(kSharedOptions.begin(), kSharedOptions.end(), [&](const Option* o) { return o->name == name; });
  return found == kSharedOptions.end() ? nullptr : *found;
}

}  // namespace

// The options that only this program has, and the texts that they point to.
struct Program::OwnOptions {
  std::deque<std::string> texts;
  std::deque<std::vector<std::string_view>> words;
  std::deque<Option> options;

  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }

  const Option* add(const Json& json) {
    if (!json.is_object()) refuse("options", "has something that is neither a name nor an object");
    for (const auto& [key, value] : json.items()) word_at("options", Json(key), kOptionKeys);
    if (!json.contains("name")) refuse("options", "has one without 'name'");
    const std::string name = string_in("name", json["name"]);
    if (!is_name(name)) refuse("options", "has the name '" + name + "'; use small letters, digits and '-'");
    if (shared_option(name) != nullptr) {
      refuse("options", "describes '" + name + "', which several strategies share; give its name alone");
    }
    Option option{.name = keep(name),
                  .key = {},
                  .summary = keep(json.contains("summary") ? string_in("summary", json["summary"]) : name)};
    if (json.contains("words")) option.kind = Option::Kind::kWord;
    if (json.contains("kind")) option.kind = static_cast<Option::Kind>(word_at("kind", json["kind"], kKinds));
    option.key = keep(key_of(name, option.kind));
    if (option.kind == Option::Kind::kWord) {
      add_words(json, option);
    } else {
      const auto number = [&](const char* key, std::uint64_t otherwise) {
        if (!json.contains(key)) return otherwise;
        if (!json[key].is_number_unsigned()) refuse(key, "is not a whole number from 0 on");
        return json[key].get<std::uint64_t>();
      };
      option.min = number("min", 0);
      option.max = number("max", static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
      option.usual = number("usual", option.min);
      if (option.min > option.usual || option.usual > option.max) {
        refuse("usual", "is not between 'min' and 'max' of '" + name + "'");
      }
    }
    return &options.emplace_back(option);
  }

 private:
  static std::string key_of(const std::string& name, Option::Kind kind) {
    std::string key = name;
    std::replace(key.begin(), key.end(), '-', '_');
    if (kind == Option::Kind::kBytes) key += "_bytes";
    if (kind == Option::Kind::kNanoseconds) key += "_ns";
    return key;
  }

  void add_words(const Json& json, Option& option) {
    if (!json.contains("words") || !json["words"].is_array() || json["words"].empty()) {
      refuse("words", "is not a list of the words that '" + std::string(option.name) + "' takes");
    }
    std::vector<std::string_view>& list = words.emplace_back();
    for (const Json& word : json["words"]) list.push_back(keep(string_in("words", word)));
    option.words = list;
    option.min = 0;
    option.usual = json.contains("usual") ? word_at("usual", json["usual"], list) : 0;
  }
};

Program::~Program() = default;

Program::Program(std::string name, std::vector<std::string> command, std::string_view declared)
    : name_(std::move(name)), command_(std::move(command)), own_(std::make_unique<OwnOptions>()) {
  const Json json = Json::parse(declared, nullptr, false);
  if (!json.is_object()) throw BadDeclaration("it is not an object of JSON");
  Declaration& said = declaration_;
  for (const auto& [key, value] : json.items()) {
    if (key == "durability") {
      for (const std::size_t at : words_in(key, value, kDurabilities)) {
        if (at == 1) said.close = true;
        if (at == 2) said.bytes = true;
        if (at == 3) said.contract.each_line_durable = true;
      }
    } else if (key == "honours") {
      for (const std::size_t at : words_in(key, value, kHonoured)) {
        (at == 0 ? said.pace : at == 1 ? said.file_state : said.preallocate) = true;
      }
    } else if (key == "lines") {
      said.counter = false;
      for (const std::size_t at : words_in(key, value, kSources)) (at == 0 ? said.counter : said.file) = true;
      if (!said.counter && !said.file) refuse(key, "is empty; name 'counter', 'file' or both");
    } else if (key == "order") {
      said.contract.order = kOrderValues[word_at(key, value, kOrders)];
    } else if (key == "layout") {
      said.contract.layout = static_cast<Layout>(word_at(key, value, kLayouts));
    } else if (key == "options") {
      if (!value.is_array()) refuse(key, "is not a list");
      for (const Json& option : value) {
        const Option* const shared = option.is_string() ? shared_option(option.get_ref<const std::string&>()) : nullptr;
        if (option.is_string() && shared == nullptr) {
          refuse(key, "has '" + option.get<std::string>() + "', which is no shared option; describe it in an object");
        }
        const Option* const one = shared != nullptr ? shared : own_->add(option);
        for (const Option* other : said.options) {
          if (other->name == one->name) refuse(key, "has '" + std::string(one->name) + "' twice");
        }
        said.options.push_back(one);
      }
    } else {
      refuse(key, "is unknown; there are durability, honours, lines, order, layout and options");
    }
  }
  const bool writers = std::any_of(said.options.begin(), said.options.end(),
                                   [](const Option* option) { return option->name == kWriters.name; });
  if (!writers && (said.contract.order == Order::kPerWriter || said.contract.layout == Layout::kFilePerWriter)) {
    refuse("options", "lacks 'writers', which its order or layout is about");
  }
}

Descriptor Program::descriptor() const {
  Descriptor descriptor;
  descriptor.name = name_;
  descriptor.family = kProgramFamily;
  descriptor.summary = "runs " + text_of_command(command_);
  descriptor.role = declaration_.contract.order == Order::kNothing ? Role::kControl : Role::kStrategy;
  descriptor.contract = declaration_.contract;
  descriptor.access = {.by_name = true};
  descriptor.own_sync = true;
  descriptor.options = declaration_.options;
  return descriptor;
}

std::optional<std::string> Program::unavailable(const Parameters& parameters, const Workload& workload) const {
  const auto does_not = [](const std::string& what) { return "the program does not declare " + what; };
  switch (parameters.durability.kind) {
    case Durability::Kind::kNone: break;
    case Durability::Kind::kClose:
      if (!declaration_.close) return does_not("that it can sync at the end (durability close)");
      break;
    case Durability::Kind::kBytes:
      if (!declaration_.bytes) return does_not("that it can sync every so many bytes (durability bytes)");
      break;
    case Durability::Kind::kLine:
      if (!declaration_.contract.each_line_durable) {
        return does_not("that each line is durable when its append returns (durability line)");
      }
  }
  if (workload.pace.any() && !declaration_.pace) return does_not("that it keeps a pace (honours pace)");
  if (workload.file_state != FileState::kNew && !declaration_.file_state) {
    return does_not("that it can write to an old file (honours file)");
  }
  if (workload.preallocation != Preallocation::kNone && !declaration_.preallocate) {
    return does_not("that it can write to a preallocated file (honours preallocate)");
  }
  if (takes_file(workload) && !declaration_.file)
    return does_not("that it can take its lines from a file (lines file)");
  return std::nullopt;
}

std::optional<std::string> unavailable(const Runnable& runnable, const CellSpec& cell) {
  if (runnable.program != nullptr) return runnable.program->unavailable(cell.parameters, cell.workload);
  return unavailable(runnable.strategy, cell.parameters);
}

std::vector<std::string> words_of_command(std::string_view text) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  const auto add = [&](char c) {
    if (!in_word) words.emplace_back();
    in_word = true;
    words.back() += c;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\0') throw std::invalid_argument("has a NUL in it");
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'') {
      if (++i == text.size()) throw std::invalid_argument("ends with a backslash");
      add(text[i]);
    } else if (quote != 0) {
      add(c);
    } else if (c == '\'' || c == '"') {
      quote = c;
      if (!in_word) words.emplace_back();
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      in_word = false;
    } else {
      add(c);
    }
  }
  if (quote != 0) throw std::invalid_argument(std::string("has a quote that does not end: ") + quote);
  if (words.empty() || words.front().empty()) throw std::invalid_argument("names no program");
  return words;
}

std::string text_of_command(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) {
    const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
             std::string_view("-_./=:,+@%#~^{}").find(c) != std::string_view::npos;
    });
    text += text.empty() ? "" : " ";
    if (plain) {
      text += word;
      continue;
    }
    text += '\'';
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    text += '\'';
  }
  return text;
}

}  // namespace writebench::engine
