#include "reports/iso_time.hpp"

#include <fmt/chrono.h>

#include <ctime>

namespace writebench::reports {

std::string now_as_iso_text() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

}  // namespace writebench::reports
