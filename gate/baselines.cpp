#include "gate/baselines.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>

#include "reports/atomic_file.hpp"
#include "reports/output_place.hpp"

namespace writebench::gate {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCalibration = "calibration";

bool fit(const std::string& name) {
  constexpr std::string_view kSigns = "-_.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return !name.empty() && name.size() <= 100 && name.front() != '.' && name != kCalibration &&
         name.find_first_not_of(kSigns) == std::string::npos;
}

}  // namespace

std::string Baselines::path_of(const std::string& name) const {
  if (!fit(name)) {
    throw BadBaseline(
        fmt::format("'{}' is not a valid baseline name; use letters, digits, '.', '-' and '_', such as main", name));
  }
  return (fs::path(directory_) / (name + ".json")).string();
}

void Baselines::make_directory() const {
  std::error_code error;
  fs::create_directories(directory_, error);
  if (!error && ::access(directory_.c_str(), W_OK | X_OK) != 0) error = {errno, std::generic_category()};
  if (error) {
    throw BadBaseline(
        fmt::format("'{}' cannot hold baselines: {}; name another --baseline-dir", directory_, error.message()));
  }
}

void Baselines::reserve(const std::string& name, bool replace) const {
  const std::string path = path_of(name);
  make_directory();
  try {
    reports::output_place(path, replace ? reports::Replaceable::kFiles : reports::Replaceable::kNothing,
                          "replace it with --replace-baseline");
  } catch (const std::runtime_error& error) {
    throw BadBaseline(error.what());
  }
}

void Baselines::save(const std::string& name, const std::string& text, bool replace) const {
  reports::replace_atomically(path_of(name), text, {.durable = true, .replace = replace});
}

std::vector<std::string> Baselines::names() const {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_, error)) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() == ".json" && fit(stem)) names.push_back(stem);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string Baselines::calibration_path() const {
  return (fs::path(directory_) / (std::string(kCalibration) + ".json")).string();
}

}  // namespace writebench::gate
