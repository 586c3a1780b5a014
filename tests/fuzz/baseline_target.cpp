#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gate/baselines.hpp"
#include "reports/read/read.hpp"
#include "tests/fuzz/targets.hpp"

namespace writebench::fuzz {

// The name of a baseline, up to the first end of a line, and the text of a file of that name. A name never leads out of
// the directory, and what is saved under it is listed and read.
void baseline(std::string_view bytes) {
  namespace fs = std::filesystem;
  const std::size_t end = std::min(bytes.find('\n'), bytes.size());
  const std::string name(bytes.substr(0, end));
  const std::string text(bytes.substr(std::min(end + 1, bytes.size())));
  const fs::path directory = fs::temp_directory_path() / ("writebench-fuzz-" + std::to_string(::getpid()));
  const gate::Baselines baselines(directory.string());
  fs::create_directories(directory);
  try {
    const fs::path path = baselines.path_of(name);
    require(path.parent_path() == directory, "a baseline's name leads out of the directory");
    std::ofstream(path) << text;
    require(baselines.names() == std::vector<std::string>{name}, "a baseline is not listed");
    reports::read_report(path.string());
  } catch (const gate::BadBaseline& error) {
    require(*error.what() != 0, "a refusal says nothing");
  } catch (const reports::BadReport& error) {
    require(*error.what() != 0, "a refusal says nothing");
  }
  fs::remove_all(directory);
}

}  // namespace writebench::fuzz
