#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace writebench {

/// One thing that a strategy can be run with. Its name is its identity: strategies that list options of the same name
/// share that option. An Option must outlive every descriptor that lists it; usually it is a constant.
struct Option {
  enum class Kind {
    kCount,
    kBytes,
    kNanoseconds,
    kWord,  ///< the value is an index into `words`
  };

  std::string_view name;     ///< kebab-case: `--buffer-size`, and part of a cell's id
  std::string_view key;      ///< in reports: snake_case, with the unit last
  std::string_view summary;  ///< a few words, for help, lists and labels
  Kind kind = Kind::kCount;
  std::uint64_t usual = 0;  ///< the default value
  std::uint64_t min = 1;
  std::uint64_t max = UINT64_MAX;
  std::span<const std::string_view> words = {};  ///< kWord only, at least one
  char letter = 0;                               ///< the one-letter form on the command line; 0: none
  bool usual_per_processor = false;              ///< the default is the number of processors, if that is larger
};

/// The options that several strategies share, each with its own command-line option. A strategy may list an object of
/// its own of the same name, with another default. An option of a single strategy is set by `--set
/// STRATEGY.OPTION=VALUE`.
inline constexpr Option kWriters{.name = "writers",
                                 .key = "writers",
                                 .summary = "tasks that produce lines",
                                 .usual = 10,
                                 .max = 100'000,
                                 .letter = 'w'};
inline constexpr Option kThreads{.name = "threads",
                                 .key = "threads",
                                 .summary = "threads of a pool",
                                 .usual = 2,
                                 .max = 1024,
                                 .letter = 't',
                                 .usual_per_processor = true};
inline constexpr Option kBufferSize{.name = "buffer-size",
                                    .key = "buffer_bytes",
                                    .summary = "size of one block",
                                    .kind = Option::Kind::kBytes,
                                    .usual = 64 << 10,
                                    .max = 1ull << 40,
                                    .letter = 'b'};
inline constexpr Option kQueueDepth{.name = "queue-depth",
                                    .key = "queue_depth",
                                    .summary = "lines or blocks submitted and not yet finished",
                                    .usual = 1024,
                                    .max = 1u << 30,
                                    .letter = 'q'};
/// The same option for a strategy that submits whole blocks of --buffer-size, which lists this one: fewer are usual.
inline constexpr Option kBlocksInFlight{.name = kQueueDepth.name,
                                        .key = kQueueDepth.key,
                                        .summary = kQueueDepth.summary,
                                        .usual = 8,
                                        .max = kQueueDepth.max,
                                        .letter = kQueueDepth.letter};
inline constexpr Option kInFlightBytes{.name = "in-flight-bytes",
                                       .key = "in_flight_bytes",
                                       .summary = "bytes submitted and not yet finished",
                                       .kind = Option::Kind::kBytes,
                                       .usual = 1ull << 30,
                                       .max = 1ull << 50};
inline constexpr Option kProcesses{
    .name = "processes", .key = "processes", .summary = "processes that produce lines", .usual = 1, .max = 1024};

inline constexpr std::array<const Option*, 6> kSharedOptions{&kWriters,    &kThreads,       &kBufferSize,
                                                             &kQueueDepth, &kInFlightBytes, &kProcesses};

/// The call that makes bytes durable, for every strategy that does not sync in a way of its own. A cell has this option
/// only if its durability asks for syncing and something else than the default is chosen, or a choice is swept over.
enum class SyncCall : std::uint64_t {
  kFdatasync,
  kFsync,
  kDsync,  ///< none: the files are opened with O_DSYNC
};
inline constexpr std::array<std::string_view, 3> kSyncCallWords{"fdatasync", "fsync", "dsync"};
inline constexpr Option kSyncCall{.name = "sync-call",
                                  .key = "sync_call",
                                  .summary = "how bytes become durable",
                                  .kind = Option::Kind::kWord,
                                  .min = 0,
                                  .max = kSyncCallWords.size() - 1,
                                  .words = kSyncCallWords};

/// The value of one option in one cell, with the option's description as reports need it. It owns its texts, because
/// the strategy that has the option may be missing from this program.
struct OptionValue {
  std::string name;
  std::string key;
  std::string summary;
  Option::Kind kind = Option::Kind::kCount;
  std::uint64_t number = 0;  ///< for kWord the index, if it is known
  std::string word;          ///< kWord only

  OptionValue() = default;
  OptionValue(const Option& option, std::uint64_t value)
      : name(option.name),
        key(option.key),
        summary(option.summary),
        kind(option.kind),
        number(value),
        word(option.kind == Option::Kind::kWord ? option.words[value] : std::string_view()) {}

  /// Whether both are the same option with the same value.
  bool operator==(const OptionValue& other) const {
    return name == other.name && kind == other.kind &&
           (kind == Option::Kind::kWord ? word == other.word : number == other.number);
  }
};

}  // namespace writebench
