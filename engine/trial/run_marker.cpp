#include "engine/trial/run_marker.hpp"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <ctime>
#include <fstream>
#include <thread>

namespace writebench::engine {
namespace {

constexpr std::string_view kFirstLine = "writebench run 1";  // 1: the version of this format
constexpr std::string_view kPrograms = "programs";

std::string host_name() {
  utsname names{};
  return ::uname(&names) == 0 ? names.nodename : "";
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

std::string now_as_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string octal(mode_t mode) {
  std::array<char, 16> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), mode, 8).ptr};
}

// The whole text as a number, or none.
template <class T>
std::optional<T> number(std::string_view text, int base) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// Takes the next line, which must begin with `key`, from the text: what follows.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view key) {
  const std::size_t end = text.find('\n');
  if (end == text.npos || !text.starts_with(key)) return std::nullopt;
  const std::string_view value = text.substr(key.size(), end - key.size());
  text.remove_prefix(end + 1);
  return value;
}

struct flock whole_file() {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return whole;
}

}  // namespace

RunMarker marker_of_this_run(mode_t directory_mode) {
  return {.process = ::getpid(),
          .host = host_name(),
          .boot_id = boot_id(),
          .started_at = now_as_text(),
          .directory_mode = directory_mode};
}

std::string to_text(const RunMarker& marker) {
  return std::string(kFirstLine) + "\nprocess " + std::to_string(marker.process) + "\nhost " + marker.host + "\nboot " +
         marker.boot_id + "\nstarted " + marker.started_at + "\nmode " + octal(marker.directory_mode) + "\n" +
         (marker.has_programs ? std::string(kPrograms) + "\n" : "");
}

std::optional<RunMarker> parse_marker(std::string_view text) {
  if (take_line(text, kFirstLine) != "") return std::nullopt;
  const auto process = take_line(text, "process ");
  const auto host = take_line(text, "host ");
  const auto boot = take_line(text, "boot ");
  const auto started = take_line(text, "started ");
  const auto mode = take_line(text, "mode ");
  const bool has_programs = take_line(text, kPrograms) == "";
  if (!process || !host || !boot || !started || !mode || !text.empty()) return std::nullopt;
  const auto process_number = number<pid_t>(*process, 10);
  const auto mode_number = number<mode_t>(*mode, 8);
  if (!process_number || *process_number <= 0 || !mode_number) return std::nullopt;
  return RunMarker{.process = *process_number,
                   .host = std::string(*host),
                   .boot_id = std::string(*boot),
                   .started_at = std::string(*started),
                   .directory_mode = *mode_number,
                   .has_programs = has_programs};
}

LockAttempt try_lock(int marker) {
  struct flock whole = whole_file();
  if (::fcntl(marker, F_SETLK, &whole) == 0) return LockAttempt::kHave;
  return errno == EAGAIN || errno == EACCES ? LockAttempt::kHeldByAnother : LockAttempt::kUnsupported;
}

bool lock(int marker) {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const LockAttempt lock = try_lock(marker);
    if (lock != LockAttempt::kHeldByAnother) return lock == LockAttempt::kHave;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

}  // namespace writebench::engine
