#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/verification/verify.hpp"

namespace writebench::engine {

/// Reads a file back that must have as many bytes as `content`: its first `repeated_bytes` again and again, the last
/// time only in part. Holds these bytes in memory. A wrong file has one damage, where it first differs. `stop` is
/// called as for verify(). Throws IoError.
Verification verify_repetition(const std::string& path, const Content& content, std::uint64_t repeated_bytes,
                               const std::function<bool()>& stop);

}  // namespace writebench::engine
