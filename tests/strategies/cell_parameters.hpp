#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "writebench/strategy.hpp"

namespace writebench::tests {

/// The parameters of a trial with a value for each of the shared options, to be named one by one.
struct CellParameters {
  std::uint64_t lines = 500'000;
  unsigned writers = 10;
  unsigned threads = 2;
  std::size_t buffer_bytes = 65536;
  std::size_t queue_depth = 1024;
  std::uint64_t in_flight_bytes = 1ull << 30;
  unsigned processes = 1;
  Durability durability = {};
  SyncCall sync_call = SyncCall::kFdatasync;
  std::vector<std::pair<std::string_view, std::uint64_t>> own = {};  ///< options of one strategy, by name

  operator Parameters() const {  // NOLINT(google-explicit-constructor): it stands for them
    Parameters parameters{.lines = lines,
                          .durability = durability,
                          .options = {{kWriters, writers},
                                      {kThreads, threads},
                                      {kBufferSize, buffer_bytes},
                                      {kQueueDepth, queue_depth},
                                      {kInFlightBytes, in_flight_bytes}}};
    if (sync_call != SyncCall::kFdatasync) parameters.set(kSyncCall, static_cast<std::uint64_t>(sync_call));
    return parameters;
  }

  /// As a run gives them to a strategy: with the options that it lists, and no others. Its own sizes are those of a
  /// block. A queue depth that was not named is the strategy's own default.
  Parameters of(const Descriptor& strategy) const {
    Parameters given{.lines = lines, .durability = durability};
    for (const OptionValue& value : Parameters(*this).options) {
      for (const Option* option : strategy.options) {
        if (option->name != value.name) continue;
        const bool is_depth = option->name == kQueueDepth.name && value.number == kQueueDepth.usual;
        given.set(*option, is_depth ? option->usual : value.number);
      }
    }
    for (const Option* option : strategy.options) {
      const bool is_own = std::none_of(kSharedOptions.begin(), kSharedOptions.end(),
                                       [&](const Option* shared) { return shared->name == option->name; });
      if (is_own && option->kind == Option::Kind::kBytes) given.set(*option, buffer_bytes);
      for (const auto& [name, value] : own) {
        if (name == option->name) given.set(*option, value);
      }
    }
    if (strategy.takes_sync_call() && sync_call != SyncCall::kFdatasync) {
      given.set(kSyncCall, static_cast<std::uint64_t>(sync_call));
    }
    if (strategy.lists(kProcesses)) given.set(kProcesses, processes);
    return given;
  }
};

}  // namespace writebench::tests
