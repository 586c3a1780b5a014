#include "reports/read/json_load.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/owned_descriptor.hpp"
#include "reports/read/read.hpp"

namespace writebench::reports {
namespace {

using nlohmann::json;

// A report has 6 levels; far more would exhaust the stack when the values are released.
constexpr int kMostDepth = 64;

constexpr std::string_view kStandardInput = "-";

std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, std::min(byte == 0 ? 0 : byte - 1, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t begin = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  return fmt::format("line {}, column {}", line, before.size() - begin + 1);
}

}  // namespace

std::string load_text(const std::string& path) {
  const auto refuse = [&](const std::string& problem) { throw BadReport(fmt::format("'{}' {}", path, problem)); };
  // Without waiting: a pipe's other end may never come.
  const engine::OwnedDescriptor file(path == kStandardInput
                                         ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                         : ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0 && errno == ENOENT) refuse("does not exist; name the report of an earlier run");
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    refuse(fmt::format("cannot be read: {}; name a report that can", std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) refuse("is a directory; name the report in it");
  if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode)) {
    refuse("is neither a regular file nor a pipe; name the report of an earlier run");
  }
  // Whoever writes to the pipe may need time; one that nobody has opened ends at once.
  if (path != kStandardInput && S_ISFIFO(status.st_mode)) ::fcntl(file.get(), F_SETFL, O_RDONLY);
  // A pipe and a file of /proc have no size, so it is read to its end, whatever the size is said to be.
  std::string text;
  std::size_t have = 0;
  for (;;) {
    if (have > kMostReportBytes || static_cast<std::uint64_t>(status.st_size) > kMostReportBytes) {
      refuse(fmt::format("is larger than a report can be (at most {} bytes); name a report of writebench",
                         kMostReportBytes));
    }
    if (have == text.size())
      text.resize(std::max<std::size_t>(2 * have, static_cast<std::size_t>(status.st_size) + 4096));
    const ssize_t count = ::read(file.get(), text.data() + have, text.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse(fmt::format("cannot be read: {}; name a report that can", std::strerror(errno)));
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  text.resize(have);
  return text;
}

json parse_json(const std::string& text, const std::string& path, std::uint64_t most_values) {
  if (text.find_first_not_of(" \t\r\n") == text.npos) {
    throw BadReport(fmt::format("'{}' is empty; measure again, or name another report", path));
  }
  std::uint64_t values = 0;
  const auto limit = [&](int depth, json::parse_event_t event, const json&) {
    if (depth > kMostDepth) {
      throw BadReport(fmt::format("'{}' is nested too deeply to be a report of writebench; name one", path));
    }
    if (event == json::parse_event_t::value && ++values > most_values) {
      throw BadReport(fmt::format("'{}' has more values than a report of writebench can have; name one", path));
    }
    return true;
  };
  try {
    return json::parse(text, limit);
  } catch (const json::parse_error& error) {
    const bool begun = text[text.find_first_not_of(" \t\r\n")] == '{';
    if (!begun)
      throw BadReport(fmt::format("'{}' is not JSON, so it is not a report of writebench; name one that is", path));
    if (error.byte > text.size()) {
      throw BadReport(fmt::format("'{}' ends in the middle: was it cut off? Copy it again, or measure again", path));
    }
    throw BadReport(
        fmt::format("'{}' is not valid JSON from {} on: was it edited? Use it as it was written, or measure "
                    "again",
                    path, place_of(text, error.byte)));
  } catch (const json::exception&) {
    throw BadReport(
        fmt::format("'{}' holds a number that is too large for any report of writebench: was it edited? Use "
                    "it as it was written, or measure again",
                    path));
  }
}

}  // namespace writebench::reports
