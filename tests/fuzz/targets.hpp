#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

/// The functions that read what comes from outside, as fuzzers call them: any bytes may come. Each one returns if the
/// bytes are refused as they must be, and throws Finding if a promise is broken. A crash, a sanitizer's report, a hang
/// and any other exception are findings too.
namespace writebench::fuzz {

class Finding : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

struct Target {
  std::string_view name;  ///< also the folder of its corpus
  void (*run)(std::string_view bytes);
};

/// All targets. The last one, canary, has a fault on purpose.
std::span<const Target> targets();

/// The target of that name; null if there is none.
const Target* find_target(std::string_view name);

/// Throws Finding with this message unless the condition holds.
void require(bool holds, const std::string& message);

/// Throws Finding if the text has anything that a terminal could obey or that hides text, apart from the ends of lines.
/// Decodes UTF-8 by itself, so that it does not repeat a fault of what it checks.
void require_printable(std::string_view text, std::string_view what);

void command_line(std::string_view bytes);
void quantities(std::string_view bytes);
void option_file(std::string_view bytes);
void report(std::string_view bytes);
void changed_report(std::string_view bytes);
void baseline(std::string_view bytes);
void calibration(std::string_view bytes);
void replayed_lines(std::string_view bytes);
void verification(std::string_view bytes);
void canary(std::string_view bytes);

}  // namespace writebench::fuzz
