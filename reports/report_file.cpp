#include "reports/report_file.hpp"

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

}  // namespace

ReportFile::ReportFile(const std::string& path) : path_(path) {
  if (path.empty()) refuse(path, "is no file name; give the report a name");
  std::error_code error;
  if (fs::is_symlink(path, error)) {
    const fs::path target = fs::canonical(path, error);
    if (error) refuse(path, "is a symbolic link to nothing; remove it or name another file");
    path_ = target.string();
  }
  const std::string directory = directory_of(path_);
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) {
    refuse(path, "cannot be written: the directory '" + directory + "' does not exist; create it first");
  }
  if (!S_ISDIR(status.st_mode)) refuse(path, "cannot be written: '" + directory + "' is not a directory");
  if (::access(directory.c_str(), W_OK | X_OK) != 0) {
    refuse(path, "cannot be written: no permission to write in '" + directory + "'");
  }
  if (::stat(path_.c_str(), &status) != 0) {
    if (errno != ENOENT) refuse(path, "cannot be written: " + std::string(std::strerror(errno)));
    if (path_.ends_with('/')) refuse(path, "names a directory; name a file in it");
    return;
  }
  if (S_ISDIR(status.st_mode)) refuse(path, "is a directory; name a file in it");
  if (!S_ISREG(status.st_mode)) refuse(path, "is not a regular file; to print the report use --json");
  if (!is_report(path_)) {
    refuse(path, "exists and is not a report of writebench; it is left as it is: name another file or remove it");
  }
}

void ReportFile::save(std::string_view text, bool durable) const {
  replace_atomically(path_, text, {.durable = durable, .replace = true});
}

}  // namespace writebench::reports
