#include "engine/trial/scratch.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "writebench/errors.hpp"

namespace writebench::engine {

Scratch::Scratch(const std::string& parent) : path_(parent + "/.writebench-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) throw IoError("mkdtemp", path_, 0, errno);
}

Scratch::~Scratch() {
  if (kept_) return;
  std::error_code ignored;  // a destructor releases quietly; what is left behind is named as ours
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace writebench::engine
