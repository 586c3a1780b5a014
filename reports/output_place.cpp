#include "reports/output_place.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "reports/atomic_file.hpp"

namespace writebench::reports {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
  throw std::runtime_error("'" + path + "' " + reason);
}

// A report is a JSON object whose first level has our key. Parsed by events, so that a large one costs no memory and
// one that is something else is given up at the first difference.
class ReportDetector final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool found = false;

  bool null() override { return inside(); }
  bool boolean(bool) override { return inside(); }
  bool number_integer(number_integer_t) override { return inside(); }
  bool number_unsigned(number_unsigned_t) override { return inside(); }
  bool number_float(number_float_t, const string_t&) override { return inside(); }
  bool string(string_t&) override { return inside(); }
  bool binary(binary_t&) override { return inside(); }
  bool start_object(std::size_t) override { return ++depth_ > 0; }
  bool key(string_t& key) override {
    if (depth_ == 1 && key == "writebench_schema") found = true;
    return !found;
  }
  bool end_object() override { return --depth_ > 0; }
  bool start_array(std::size_t) override { return depth_++ > 0; }
  bool end_array() override { return --depth_ > 0; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

 private:
  bool inside() const { return depth_ > 0; }
  int depth_ = 0;
};

bool is_report(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  ReportDetector detector;
  nlohmann::json::sax_parse(file, &detector, nlohmann::json::input_format_t::json, false);
  return detector.found;
}

void check_directory(const std::string& path, const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      refuse(path, "cannot be written: the directory '" + directory + "' does not exist; create it first");
    }
    refuse(path, "cannot be written: '" + directory + "': " + std::strerror(errno) + "; name another");
  }
  if (!S_ISDIR(status.st_mode)) refuse(path, "cannot be written: '" + directory + "' is not a directory; name another");
  if (::access(directory.c_str(), W_OK | X_OK) == 0) return;
  // A read-only file system (EROFS) is not a matter of permission.
  if (errno != EACCES)
    refuse(path, "cannot be written: '" + directory + "': " + std::strerror(errno) + "; name another");
  refuse(path, "cannot be written: no permission to write in '" + directory + "'; name another");
}

}  // namespace

std::string output_place(const std::string& path, Replaceable replaceable, std::string_view how_to_replace) {
  if (path.empty()) refuse(path, "is not a file name; name a file");
  std::string place = path;
  std::error_code error;
  if (path.ends_with('/') && !fs::is_directory(path, error)) refuse(path, "names a directory; name a file in it");
  if (fs::is_symlink(path, error)) {
    const fs::path target = fs::canonical(path, error);
    if (error) refuse(path, "is a symbolic link to nothing; remove it or name another file");
    place = target.string();
  }
  check_directory(path, directory_of(place));
  struct stat status {};
  if (::stat(place.c_str(), &status) != 0) {
    if (errno != ENOENT)
      refuse(path, "cannot be written: " + std::string(std::strerror(errno)) + "; name another file");
    return place;
  }
  if (S_ISDIR(status.st_mode)) refuse(path, "is a directory; name a file in it");
  if (!S_ISREG(status.st_mode)) refuse(path, "is not a regular file; name another, or '-' for stdout");
  if (replaceable == Replaceable::kNothing) {
    refuse(path, "exists; name another file, or " +
                     (how_to_replace.empty() ? std::string("remove it") : std::string(how_to_replace)));
  }
  if (replaceable == Replaceable::kReports && !is_report(place)) {
    refuse(path, "exists and is not a report of writebench; it is left as it is: name another file or remove it");
  }
  return place;
}

}  // namespace writebench::reports
