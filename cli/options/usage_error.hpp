#pragma once

#include <stdexcept>

namespace writebench::cli {

/// What the user asked for cannot be done; the message names the option, the value and what to do. Exit status 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace writebench::cli
