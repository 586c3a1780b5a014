#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "crash/logged_file_system.hpp"
#include "crash/memory_file.hpp"
#include "writebench/errors.hpp"

namespace writebench::tests {

/// Why no file system can be mounted on a logged device here; no value if one can.
inline std::optional<std::string> why_no_simulated_machine() {
  try {
    crash::MemoryFile made("made", std::uint64_t{64} << 20);
    crash::make_ext4(made, 10);
    crash::LoggedFileSystem(made, std::make_shared<crash::DeviceLog>(0));
    return std::nullopt;
  } catch (const Unsupported& unsupported) {
    return unsupported.what();
  }
}

/// Skips the test where that is not possible.
#define SKIP_WITHOUT_SIMULATED_MACHINE() \
  if (const auto why_not = ::writebench::tests::why_no_simulated_machine()) GTEST_SKIP() << *why_not

}  // namespace writebench::tests
