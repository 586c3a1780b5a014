#include "cli/options/workload_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <map>
#include <tuple>

#include "cli/options/offer.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/options/sweep.hpp"
#include "cli/options/usage_error.hpp"
#include "engine/lines/numbered_lines.hpp"
#include "engine/lines/random_lines.hpp"
#include "engine/lines/replayed_lines.hpp"
#include "engine/lines/sized_lines.hpp"

namespace writebench::cli {
namespace {

using engine::CellSpec;

constexpr std::uint64_t kMostLines = 1'000'000'000'000;
constexpr std::uint64_t kDefaultLines = 500'000;

std::string count_label(std::uint64_t count) { return std::to_string(count); }

using Label = std::string (*)(std::uint64_t);
using Apply = void (*)(CellSpec&, std::uint64_t);

Axis numbers(const std::string& name, const std::string& text, const ParseNumber& parse, Label label, Apply apply) {
  Axis axis{.name = name, .values = {}, .used = {}};
  for (const std::uint64_t number : parse_sweep("--" + name, text, parse)) {
    axis.values.push_back({label(number), [apply, number](CellSpec& cell) { apply(cell, number); }});
  }
  return axis;
}

// The values of an option that takes words.
template <class T, std::size_t count>
using Words = std::array<std::pair<std::string_view, T>, count>;

constexpr Words<bool, 2> kCaches{{{"warm", false}, {"cold", true}}};
constexpr Words<bool, 2> kLineContents{{{"counter", false}, {"random", true}}};
constexpr Words<engine::FileState, 3> kFileStates{{{"new", engine::FileState::kNew},
                                                   {"truncate", engine::FileState::kTruncate},
                                                   {"overwrite", engine::FileState::kOverwrite}}};
constexpr Words<engine::Preallocation, 3> kPreallocations{{{"none", engine::Preallocation::kNone},
                                                           {"reserve", engine::Preallocation::kReserve},
                                                           {"size", engine::Preallocation::kSize}}};

template <class T, std::size_t count>
std::vector<std::string> words_of(const Words<T, count>& known) {
  std::vector<std::string> words;
  for (const auto& word : known) words.emplace_back(word.first);
  return words;
}

template <class T, std::size_t count>
Axis words(const std::string& name, const std::string& text, const Words<T, count>& known,
           void (*apply)(CellSpec&, T)) {
  const std::vector<std::string> list = words_of(known);
  Axis axis{.name = name, .values = {}, .used = {}};
  for (const std::string& part : parse_list("--" + name, text)) {
    const T value = known[parse_word("--" + name, part, list)].second;
    axis.values.push_back({part, [apply, value](CellSpec& cell) { apply(cell, value); }});
  }
  return axis;
}

ParseNumber count(Bounds bounds) {
  return [bounds](std::string_view option, std::string_view text) { return parse_count(option, text, bounds); };
}

ParseNumber size(Bounds bounds) {
  return [bounds](std::string_view option, std::string_view text) { return parse_size(option, text, bounds); };
}

std::uint64_t nanoseconds(std::string_view option, std::string_view text) {
  return static_cast<std::uint64_t>(parse_time(option, text).count());
}

Axis durability_axis(const std::string& text) {
  Axis axis{.name = "durability", .values = {}, .used = {}};
  for (const std::string& part : parse_list("--durability", text)) {
    const Durability durability = parse_durability("--durability", part);
    axis.values.push_back({part, [durability](CellSpec& cell) { cell.parameters.durability = durability; }});
  }
  return axis;
}

// A single fdatasync is left out of the cells, so that they equal those of a run that did not name it. A strategy that
// syncs in a way of its own has no such choice, and nor has an external program.
Axis sync_call_axis(const std::string& text) {
  Axis axis{.name = std::string(kSyncCall.name),
            .values = {},
            .used = [](const Descriptor& strategy) { return strategy.takes_sync_call(); },
            .matters = [](const CellSpec& cell) { return cell.parameters.durability.kind != Durability::Kind::kNone; }};
  const std::vector<std::string> words(kSyncCall.words.begin(), kSyncCall.words.end());
  const std::vector<std::string> parts = parse_list("--sync-call", text);
  for (const std::string& part : parts) {
    const std::uint64_t value = parse_word("--sync-call", part, words);
    axis.values.push_back({part, [value, swept = parts.size() > 1](CellSpec& cell) {
                             if (swept || value != kSyncCall.usual) cell.parameters.set(kSyncCall, value);
                           }});
  }
  return axis;
}

Axis line_size_axis(const TypedWorkload& typed) {
  const int given = !typed.line_size.empty() + !typed.line_size_range.empty() + !typed.input.empty();
  if (given > 1) {
    throw UsageError("--line-size, --line-size-range and --input each say what the lines are; give one of them");
  }
  if (!typed.line_size.empty()) {
    return numbers("line-size", typed.line_size, size({.least = 1, .most = engine::SizedLines::kMostBytes}), size_text,
                   [](CellSpec& cell, std::uint64_t bytes) {
                     cell.workload.lines_kind = "sized";
                     cell.workload.min_line_bytes = cell.workload.max_line_bytes = bytes;
                   });
  }
  Axis axis{.name = "lines", .values = {}, .used = {}};
  if (!typed.line_size_range.empty()) {
    const std::string_view text = typed.line_size_range;
    const std::size_t dots = text.find("..");
    if (dots == std::string_view::npos) {
      throw UsageError(fmt::format("--line-size-range '{}' is not a range; use A..B, such as 20..2KiB", text));
    }
    const Bounds bounds{.least = 1, .most = engine::SizedLines::kMostBytes};
    const std::uint64_t least = parse_size("--line-size-range", text.substr(0, dots), bounds);
    const std::uint64_t most = parse_size("--line-size-range", text.substr(dots + 2), bounds);
    if (most < least)
      throw UsageError(fmt::format("--line-size-range '{}' ends before it begins; turn it round", text));
    axis.values.push_back({"", [least, most](CellSpec& cell) {
                             cell.workload.lines_kind = "sized";
                             cell.workload.min_line_bytes = least;
                             cell.workload.max_line_bytes = most;
                           }});
  } else {
    axis.values.push_back({"", [input = typed.input](CellSpec& cell) {
                             if (input.empty()) return;
                             cell.workload.lines_kind = "replayed";
                             cell.workload.input = input;
                           }});
  }
  return axis;
}

Axis line_content_axis(const TypedWorkload& typed) {
  Axis axis = words(
      "line-content", typed.line_content, kLineContents,
      +[](CellSpec& cell, bool random) { cell.workload.random_bytes = random; });
  if (!typed.input.empty() && typed.line_content != "counter") {
    throw UsageError("--line-content says what the lines hold, and with --input the file says it; give one of them");
  }
  return axis;
}

// The input is opened once, whatever the number of cells: a pipe can be read only once.
std::shared_ptr<const engine::LineFile> open_lines(const std::string& input) {
  if (input.empty()) return nullptr;
  try {
    return std::make_shared<engine::LineFile>(input);
  } catch (const std::exception& error) {
    throw UsageError(fmt::format("--input {}", error.what()));
  }
}

// `lines` has no value for the whole of a file.
std::shared_ptr<const Content> content_of(const engine::Workload& workload, std::optional<std::uint64_t> lines,
                                          std::uint64_t seed, const std::shared_ptr<const engine::LineFile>& input) {
  if (workload.lines_kind == "replayed") return std::make_shared<engine::ReplayedLines>(input, lines);
  if (workload.random_bytes) {
    engine::Workload lengths = workload;
    lengths.random_bytes = false;
    return std::make_shared<engine::RandomLines>(content_of(lengths, lines, seed, input), seed);
  }
  if (workload.lines_kind == "sized") {
    const engine::LineSizes sizes{
        .least_bytes = *workload.min_line_bytes, .most_bytes = *workload.max_line_bytes, .seed = seed};
    return std::make_shared<engine::SizedLines>(*lines, sizes);
  }
  return std::make_shared<engine::NumberedLines>(*lines);
}

}  // namespace

void declare_workload(CLI::App& app, TypedWorkload& typed, const char* group) {
  // Each of these takes a list or a range too, and then every combination is run.
  app.add_option("-n,--lines", typed.lines, "how many [500000; of a file: all]")->type_name("N")->group(group);
  app.add_option("--line-size", typed.line_size, "each padded to so many bytes")->type_name("B")->group(group);
  app.add_option("--line-size-range", typed.line_size_range, "each of a size between, log-uniformly")
      ->type_name("A..B")
      ->group(group);
  app.add_option("--line-content", typed.line_content, "'random': as long, of bytes that cannot be compressed")
      ->check(offers_list_of(words_of(kLineContents)))
      ->type_name("counter|random")
      ->group(group);
  app.add_option("--input", typed.input, "the lines of a file, again and again; '-' is stdin")
      ->check(offers(Offer::Kind::kFiles))
      ->type_name("FILE")
      ->group(group);
  app.add_option("--think", typed.think, "the caller is busy for that long before each line")
      ->type_name("TIME")
      ->group(group);
  app.add_option("--rate", typed.rate, "lines are due at this rate, whether or not the writer keeps up; 0: all at once")
      ->type_name("N/s")
      ->group(group);
  app.add_option("--burst", typed.burst, "so many are due together; needs --rate")->type_name("N")->group(group);
  app.add_option("-D,--durability", typed.durability,
                 "none, close (one sync at the end), bytes=SIZE (one whenever so many more are written) or line (each "
                 "line by itself)")
      ->check(offers_list_of(durability_words()))
      ->type_name("WHEN")
      ->group(group);
  app.add_option("--sync-call", typed.sync_call,
                 "fdatasync, fsync or dsync (O_DSYNC: no call, each write is durable); needs a durability")
      ->check(offers_list_of({kSyncCall.words.begin(), kSyncCall.words.end()}))
      ->type_name("CALL")
      ->group(group);
  app.add_option("--file", typed.file, "new, truncate (an old one is cut) or overwrite (its bytes are replaced)")
      ->check(offers_list_of(words_of(kFileStates)))
      ->type_name("STATE")
      ->group(group);
  app.add_option("--preallocate", typed.preallocate, "none, reserve (blocks) or size (blocks and size)")
      ->check(offers_list_of(words_of(kPreallocations)))
      ->type_name("HOW")
      ->group(group);
  app.add_option("--caches", typed.caches, "cold: the kernel's caches are dropped before each trial; needs root")
      ->check(offers_list_of(words_of(kCaches)))
      ->type_name("warm|cold")
      ->group(group);
}

std::uint64_t parse_rate(std::string_view option, std::string_view text) {
  const std::string_view number = text.ends_with("/s") ? text.substr(0, text.size() - 2) : text;
  return parse_count(option, number, {.least = 0, .most = 1'000'000'000});
}

std::vector<Axis> workload_axes(const TypedWorkload& typed) {
  std::vector<Axis> axes;
  axes.push_back(line_size_axis(typed));
  axes.push_back(line_content_axis(typed));
  axes.push_back(numbers("lines", typed.lines.value_or(std::to_string(kDefaultLines)),
                         count({.least = 0, .most = kMostLines}), count_label,
                         [](CellSpec& cell, std::uint64_t lines) { cell.parameters.lines = lines; }));
  axes.push_back(durability_axis(typed.durability));
  axes.push_back(sync_call_axis(typed.sync_call));
  axes.push_back(words(
      "file", typed.file, kFileStates,
      +[](CellSpec& cell, engine::FileState state) { cell.workload.file_state = state; }));
  axes.push_back(words(
      "preallocate", typed.preallocate, kPreallocations,
      +[](CellSpec& cell, engine::Preallocation preallocation) { cell.workload.preallocation = preallocation; }));
  axes.push_back(words(
      "caches", typed.caches, kCaches, +[](CellSpec& cell, bool cold) { cell.workload.cold_caches = cold; }));
  axes.push_back(numbers("think", typed.think, nanoseconds, time_text, [](CellSpec& cell, std::uint64_t ns) {
    cell.workload.pace.think = std::chrono::nanoseconds(ns);
  }));
  axes.push_back(numbers("rate", typed.rate, parse_rate, count_label, [](CellSpec& cell, std::uint64_t lines) {
    cell.workload.pace.lines_per_second = static_cast<double>(lines);
  }));
  axes.push_back(numbers("burst", typed.burst, count({.least = 1, .most = kMostLines}), count_label,
                         [](CellSpec& cell, std::uint64_t lines) {
                           // Without a rate, set before, no lines are due at once.
                           if (cell.workload.pace.lines_per_second > 0) cell.workload.pace.burst_lines = lines;
                         }));
  return axes;
}

void add_contents(std::vector<engine::Cell>& cells, std::vector<engine::Runnable>& runnables,
                  const TypedWorkload& typed, std::uint64_t seed) {
  using Key = std::tuple<std::string, bool, std::uint64_t, std::uint64_t, std::uint64_t>;
  std::map<Key, std::shared_ptr<const Content>> contents;
  const std::shared_ptr<const engine::LineFile> input = open_lines(typed.input);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    engine::Cell& cell = cells[i];
    const engine::Workload& workload = cell.workload;
    // A replay without a number of lines is the whole file, once.
    const bool whole = workload.lines_kind == "replayed" && !typed.lines;
    const std::uint64_t lines = cell.parameters.lines;
    auto& content = contents[{workload.lines_kind, workload.random_bytes, whole ? 0 : lines,
                              workload.min_line_bytes.value_or(0), workload.max_line_bytes.value_or(0)}];
    if (content == nullptr) content = content_of(workload, whole ? std::nullopt : std::optional(lines), seed, input);
    runnables[i].content = content;
    cell.parameters.lines = content->lines();
    cell.bytes = content->offset_bytes(content->lines());
  }
}

}  // namespace writebench::cli
