#pragma once

#include <optional>
#include <string>

namespace writebench::strategies {

/// Why nobody may use io_uring here, in the kernel's words; no value if it lets this process. Asks the kernel once.
std::optional<std::string> io_uring_refusal();

/// The same for an error of io_uring_setup(2); no value if it is not a refusal, but a lack of memory or descriptors.
std::optional<std::string> io_uring_refusal_of(int error_number);

}  // namespace writebench::strategies
