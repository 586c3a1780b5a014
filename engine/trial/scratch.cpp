#include "engine/trial/scratch.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "engine/process/process_tree.hpp"
#include "engine/process/signals.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {

Scratch::Scratch(const std::string& parent) : path_(parent + "/.writebench-XXXXXX") {
  const HeldSignals held;
  if (::mkdtemp(path_.data()) == nullptr) throw IoError("mkdtemp", path_, errno);
  removed_at_end_.emplace(path_, RemovedAtEnd::Kind::kDirectory);
}

Scratch::~Scratch() {
  // Whoever touches the files of a process that hangs in the kernel may hang too.
  if (kept_ || !left_to_kernel().empty()) return;
  std::error_code ignored;  // destructors do not report errors; our name marks what is left behind
  std::filesystem::remove_all(path_, ignored);
}

std::vector<std::string> Scratch::file_paths(std::size_t number, unsigned files) const {
  const std::string stem = std::to_string(number);
  if (files == 1) return {file_path(stem + ".txt")};
  std::vector<std::string> paths;
  for (unsigned i = 0; i < files; ++i) paths.push_back(file_path(stem + "-" + std::to_string(i) + ".txt"));
  return paths;
}

}  // namespace writebench::engine
