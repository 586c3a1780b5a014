#pragma once

#include <optional>
#include <string>

#include "advise/candidates.hpp"
#include "reports/advice.hpp"

namespace writebench::advise {

/// Why no strategy could ever fulfil these constraints together, with the options that contradict each other; no value
/// if they do not. The message is one line for the user.
std::optional<std::string> contradiction(const reports::Advice::Asked& asked);

/// The same of what is left by a screening: which constraints the strategies fail. No value if a candidate is left.
std::optional<std::string> nothing_promises(const reports::Advice::Asked& asked, const Screening& screening);

/// The bytes of lines of that size that fall due in that time.
std::uint64_t bytes_in(std::int64_t ns, double lines_per_second, double line_bytes);

}  // namespace writebench::advise
