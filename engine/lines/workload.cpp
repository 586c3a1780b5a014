#include "engine/lines/workload.hpp"

namespace writebench::engine {

std::string_view to_string(FileState state) {
  switch (state) {
    case FileState::kNew: return "new";
    case FileState::kTruncate: return "truncate";
    case FileState::kOverwrite: return "overwrite";
  }
  return "";
}

std::string_view to_string(Preallocation preallocation) {
  switch (preallocation) {
    case Preallocation::kNone: return "none";
    case Preallocation::kReserve: return "reserve";
    case Preallocation::kSize: return "size";
  }
  return "";
}

}  // namespace writebench::engine
