#pragma once

#include <sched.h>

#include <optional>
#include <string>
#include <string_view>

#include "writebench/parameters.hpp"

namespace writebench::engine {

/// Processors as a person writes them: `0`, `0-1`, or `0+2-3` for 0, 2 and 3. No value if the text has another form or
/// names a number that no processor can have.
std::optional<cpu_set_t> parse_cpus(std::string_view text);

/// The processors that this process may run on, in the same form: `0-1`.
std::string allowed_cpus();

/// "all": every processor that the process may run on.
inline constexpr std::string_view kAllCpus = "all";

/// The value for a cell's parameters: the processors that a trial of it may use. `text` is kAllCpus or a form that
/// parse_cpus() reads.
OptionValue cpus_value(std::string text);

/// The processors in these parameters; no value if they are not restricted.
std::optional<std::string> cpus_of(const Parameters& parameters);

/// Restricts the calling thread, and the threads that it starts from then on, to the processors of these parameters,
/// until it is destroyed. Throws std::runtime_error if none of them can be used.
class Affinity {
 public:
  explicit Affinity(const Parameters& parameters);
  Affinity(const Affinity&) = delete;
  Affinity& operator=(const Affinity&) = delete;
  ~Affinity();

 private:
  std::optional<cpu_set_t> before_;
};

}  // namespace writebench::engine
