#include "engine/machine/mounts.hpp"

#include <cstddef>
#include <fstream>
#include <sstream>
#include <utility>

namespace writebench::engine {
namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// Decodes the octal escapes of mountinfo, such as \040 for a space.
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace

std::vector<Mount> read_mounts(const std::string& mountinfo) {
  std::vector<Mount> mounts;
  std::ifstream file(mountinfo);
  for (std::string line; std::getline(file, line);) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    Mount mount;
    std::string id, parent, device;
    std::istringstream(line) >> id >> parent >> device >> mount.root >> mount.point >> mount.options;
    std::istringstream(line.substr(dash + 3)) >> mount.file_system >> mount.source >> mount.super_options;
    mount.root = unescaped(mount.root);
    mount.point = unescaped(mount.point);
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

bool lies_in(const std::string& path, const std::string& directory) {
  return directory == "/" || path == directory || path.starts_with(directory + "/");
}

}  // namespace writebench::engine
