#include "reports/read/json_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/bounded_file.hpp"
#include "reports/read/read.hpp"

namespace writebench::reports {
namespace {

using nlohmann::json;

std::string place_of(std::string_view text, std::size_t offset_bytes) {
  const std::string_view before = text.substr(0, offset_bytes);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t begin = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  return fmt::format("line {}, column {}", line, before.size() - begin + 1);
}

// What is wrong with the text, and what to do.
std::string problem_of(std::string_view text, const BadJson& bad) {
  const bool begun = text[text.find_first_not_of(" \t\r\n\xef\xbb\xbf")] == '{';
  const std::string place = place_of(text, bad.offset_bytes());
  constexpr std::string_view kUseAnother = "was it edited? Use it as it was written, or measure again";
  switch (bad.kind()) {
    case BadJson::Kind::kTooDeep: return "is nested too deeply to be a report of writebench; name one";
    case BadJson::Kind::kTooManyValues: return "has more values than a report of writebench can have; name one";
    case BadJson::Kind::kTooLarge:
      return fmt::format("holds a number that is too large for any report of writebench ({}): {}", place, kUseAnother);
    case BadJson::Kind::kRepeatedKey:
      return fmt::format("has an object with two members of one name, which ends at {}: {}", place, kUseAnother);
    case BadJson::Kind::kSyntax:
    case BadJson::Kind::kCutOff: break;
  }
  if (!begun) return "is not JSON, so it is not a report of writebench; name one that is";
  if (bad.kind() == BadJson::Kind::kCutOff)
    return "ends in the middle: was it cut off? Copy it again, or measure again";
  return fmt::format("is not valid JSON from {} on: {}", place, kUseAnother);
}

}  // namespace

std::string load_text(const std::string& path) {
  const auto refuse = [&](const std::string& problem) { throw BadReport(fmt::format("'{}' {}", path, problem)); };
  try {
    return engine::read_bounded(path, kMostReportBytes);
  } catch (const engine::UnreadableFile& error) {
    switch (error.kind()) {
      case engine::UnreadableFile::Kind::kMissing: refuse("does not exist; name the report of an earlier run"); break;
      case engine::UnreadableFile::Kind::kDirectory: refuse("is a directory; name the report in it"); break;
      case engine::UnreadableFile::Kind::kEndless:
        refuse("is neither a regular file nor a pipe; name the report of an earlier run");
        break;
      case engine::UnreadableFile::Kind::kTooLarge:
        refuse(fmt::format("is larger than a report can be (at most {} bytes); name a report of writebench",
                           kMostReportBytes));
        break;
      case engine::UnreadableFile::Kind::kError:
        refuse(fmt::format("cannot be read: {}; name a report that can", error.what()));
        break;
    }
    throw;
  }
}

JsonDocument parse_document(std::string_view text, const std::string& path, const JsonSink& sink,
                            std::uint64_t most_values) {
  if (text.find_first_not_of(" \t\r\n\xef\xbb\xbf") == text.npos) {
    throw BadReport(fmt::format("'{}' is empty; measure again, or name another report", path));
  }
  try {
    return JsonDocument(text, {.values = most_values}, sink);
  } catch (const BadJson& bad) {
    throw BadReport(fmt::format("'{}' {}", path, problem_of(text, bad)));
  }
}

json parse_json(const std::string& text, const std::string& path, std::uint64_t most_values) {
  parse_document(text, path, {}, most_values);
  return json::parse(text);
}

}  // namespace writebench::reports
