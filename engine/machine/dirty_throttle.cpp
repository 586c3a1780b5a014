#include "engine/machine/dirty_throttle.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace writebench::engine {

std::vector<std::string> wait_channels(pid_t process) {
  std::vector<std::string> channels;
  std::error_code error;  // a thread, or the whole process, may end during this
  std::filesystem::directory_iterator thread("/proc/" + std::to_string(process) + "/task", error);
  for (; !error && thread != std::filesystem::directory_iterator(); thread.increment(error)) {
    std::ifstream file(thread->path() / "wchan");
    std::string channel;
    if (file >> channel) channels.push_back(std::move(channel));
  }
  return channels;
}

bool held_for_dirty_memory(const std::vector<std::string>& wait_channels) {
  // A compiler may have added a suffix, or inlined it into balance_dirty_pages_ratelimited().
  return std::any_of(wait_channels.begin(), wait_channels.end(),
                     [](const std::string& channel) { return channel.starts_with("balance_dirty_pages"); });
}

}  // namespace writebench::engine
