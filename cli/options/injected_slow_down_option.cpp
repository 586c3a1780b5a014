#include "cli/options/injected_slow_down_option.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/usage_error.hpp"

namespace writebench::cli {

InjectedSlowDown parse_slow_down(std::string_view option, const std::string& text, std::span<const Descriptor> table) {
  InjectedSlowDown slow_down;
  const std::size_t equals = text.find('=');
  if (equals != std::string::npos) slow_down.strategy = text.substr(0, equals);
  slow_down.share = parse_share(option, equals == std::string::npos ? text : text.substr(equals + 1));
  std::vector<std::string> names;
  for (const Descriptor& strategy : table) names.emplace_back(strategy.name);
  if (equals != std::string::npos && std::find(names.begin(), names.end(), slow_down.strategy) == names.end()) {
    throw UsageError(fmt::format("{} '{}': there is no strategy '{}'{}", option, text, slow_down.strategy,
                                 did_you_mean(slow_down.strategy, names)));
  }
  return slow_down;
}

}  // namespace writebench::cli
