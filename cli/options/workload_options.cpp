#include "cli/options/workload_options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "cli/options/parse_quantity.hpp"
#include "cli/options/sweep.hpp"
#include "cli/options/usage_error.hpp"
#include "engine/lines/numbered_lines.hpp"
#include "engine/lines/replayed_lines.hpp"
#include "engine/lines/sized_lines.hpp"
#include "engine/machine/environment.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;

constexpr std::uint64_t kMostLines = 1'000'000'000'000;
constexpr std::uint64_t kDefaultLines = 500'000;

std::string size_label(std::uint64_t bytes) {
  for (const auto& [unit, name] : {std::pair{1ull << 30, "GiB"}, {1ull << 20, "MiB"}, {1ull << 10, "KiB"}}) {
    if (bytes >= unit && bytes % unit == 0) return fmt::format("{}{}", bytes / unit, name);
  }
  return std::to_string(bytes);
}

std::string time_label(std::uint64_t ns) {
  for (const auto& [unit, name] : {std::pair{1'000'000'000ull, "s"}, {1'000'000ull, "ms"}, {1'000ull, "us"}}) {
    if (ns >= unit && ns % unit == 0) return fmt::format("{}{}", ns / unit, name);
  }
  return fmt::format("{}ns", ns);
}

std::string count_label(std::uint64_t count) { return std::to_string(count); }

using Label = std::string (*)(std::uint64_t);
using Apply = void (*)(Cell&, std::uint64_t);
using Used = bool (*)(const Descriptor&);

Axis numbers(const std::string& name, const std::string& text, const ParseNumber& parse, Label label, Apply apply,
             Used used = nullptr) {
  Axis axis{.name = name, .values = {}, .used = used};
  for (const std::uint64_t number : parse_sweep("--" + name, text, parse)) {
    axis.values.push_back({label(number), [apply, number](Cell& cell) { apply(cell, number); }});
  }
  return axis;
}

// An option whose values are words.
template <class T>
Axis words(const std::string& name, const std::string& text, const std::vector<std::pair<std::string, T>>& known,
           void (*apply)(Cell&, T)) {
  Axis axis{.name = name, .values = {}, .used = nullptr};
  for (const std::string& part : parse_list("--" + name, text)) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& word) { return word.first == part; });
    if (found == known.end()) {
      std::string list;
      for (const auto& word : known) list += (list.empty() ? "" : ", ") + word.first;
      throw UsageError(fmt::format("--{} '{}' is none that we know; use one of {}", name, part, list));
    }
    axis.values.push_back({part, [apply, value = found->second](Cell& cell) { apply(cell, value); }});
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

// Lines per second; the unit may be left out.
std::uint64_t rate(std::string_view option, std::string_view text) {
  const std::string_view number = text.ends_with("/s") ? text.substr(0, text.size() - 2) : text;
  return parse_count(option, number, {.least = 0, .most = 1'000'000'000});
}

Axis durability_axis(const std::string& text) {
  Axis axis{.name = "durability", .values = {}, .used = nullptr};
  for (const std::string& part : parse_list("--durability", text)) {
    const Durability durability = parse_durability("--durability", part);
    axis.values.push_back({part, [durability](Cell& cell) { cell.parameters.durability = durability; }});
  }
  return axis;
}

Axis line_size_axis(const TypedWorkload& typed) {
  const int given = !typed.line_size.empty() + !typed.line_size_range.empty() + !typed.input.empty();
  if (given > 1) {
    throw UsageError("--line-size, --line-size-range and --input each say what the lines are; give one of them");
  }
  if (!typed.line_size.empty()) {
    return numbers("line-size", typed.line_size, size({.least = 1, .most = engine::SizedLines::kMostBytes}), size_label,
                   [](Cell& cell, std::uint64_t bytes) {
                     cell.workload.lines_kind = "sized";
                     cell.workload.least_line_bytes = cell.workload.most_line_bytes = bytes;
                   });
  }
  Axis axis{.name = "lines", .values = {}, .used = nullptr};
  if (!typed.line_size_range.empty()) {
    const std::string_view text = typed.line_size_range;
    const std::size_t dots = text.find("..");
    if (dots == std::string_view::npos) {
      throw UsageError(fmt::format("--line-size-range '{}' is no range; use A..B, such as 20..2KiB", text));
    }
    const Bounds bounds{.least = 1, .most = engine::SizedLines::kMostBytes};
    const std::uint64_t least = parse_size("--line-size-range", text.substr(0, dots), bounds);
    const std::uint64_t most = parse_size("--line-size-range", text.substr(dots + 2), bounds);
    if (most < least)
      throw UsageError(fmt::format("--line-size-range '{}' ends before it begins; turn it round", text));
    axis.values.push_back({"", [least, most](Cell& cell) {
                             cell.workload.lines_kind = "sized";
                             cell.workload.least_line_bytes = least;
                             cell.workload.most_line_bytes = most;
                           }});
  } else {
    axis.values.push_back({"", [input = typed.input](Cell& cell) {
                             if (input.empty()) return;
                             cell.workload.lines_kind = "replayed";
                             cell.workload.input = input;
                           }});
  }
  return axis;
}

}  // namespace

std::vector<Axis> workload_axes(const TypedWorkload& typed) {
  const std::string threads = typed.threads.value_or(std::to_string(std::max(2u, engine::available_cpus())));
  std::vector<Axis> axes;
  axes.push_back(line_size_axis(typed));
  axes.push_back(numbers("lines", typed.lines.value_or(std::to_string(kDefaultLines)),
                         count({.least = 0, .most = kMostLines}), count_label,
                         [](Cell& cell, std::uint64_t lines) { cell.parameters.lines = lines; }));
  axes.push_back(durability_axis(typed.durability));
  axes.push_back(
      words<engine::FileState>("file", typed.file,
                               {{"new", engine::FileState::kNew},
                                {"truncate", engine::FileState::kTruncate},
                                {"overwrite", engine::FileState::kOverwrite}},
                               [](Cell& cell, engine::FileState state) { cell.workload.file_state = state; }));
  axes.push_back(words<engine::Preallocation>(
      "preallocate", typed.preallocate,
      {{"none", engine::Preallocation::kNone},
       {"reserve", engine::Preallocation::kReserve},
       {"size", engine::Preallocation::kSize}},
      [](Cell& cell, engine::Preallocation preallocation) { cell.workload.preallocation = preallocation; }));
  axes.push_back(numbers("think", typed.think, nanoseconds, time_label, [](Cell& cell, std::uint64_t ns) {
    cell.workload.pace.think = std::chrono::nanoseconds(ns);
  }));
  axes.push_back(numbers("rate", typed.rate, rate, count_label, [](Cell& cell, std::uint64_t lines) {
    cell.workload.pace.lines_per_second = static_cast<double>(lines);
  }));
  axes.push_back(numbers("burst", typed.burst, count({.least = 1, .most = kMostLines}), count_label,
                         [](Cell& cell, std::uint64_t lines) { cell.workload.pace.burst_lines = lines; }));
  axes.push_back(numbers(
      "writers", typed.writers, count({.least = 1, .most = 100'000}), count_label,
      [](Cell& cell, std::uint64_t writers) { cell.parameters.writers = static_cast<unsigned>(writers); },
      [](const Descriptor& strategy) { return strategy.uses.writers; }));
  axes.push_back(numbers(
      "threads", threads, count({.least = 1, .most = 1024}), count_label,
      [](Cell& cell, std::uint64_t number) { cell.parameters.threads = static_cast<unsigned>(number); },
      [](const Descriptor& strategy) { return strategy.uses.threads; }));
  axes.push_back(numbers(
      "buffer-size", typed.buffer_size, size({.least = 1, .most = 1ull << 40}), size_label,
      [](Cell& cell, std::uint64_t bytes) { cell.parameters.buffer_bytes = bytes; },
      [](const Descriptor& strategy) { return strategy.uses.buffer; }));
  axes.push_back(numbers(
      "queue-depth", typed.queue_depth, count({.least = 1, .most = 1u << 30}), count_label,
      [](Cell& cell, std::uint64_t depth) { cell.parameters.queue_depth = depth; },
      [](const Descriptor& strategy) { return strategy.uses.queue_depth; }));
  axes.push_back(numbers(
      "in-flight-bytes", typed.in_flight_bytes, size({.least = 1, .most = 1ull << 50}), size_label,
      [](Cell& cell, std::uint64_t bytes) { cell.parameters.in_flight_bytes = bytes; },
      [](const Descriptor& strategy) { return strategy.uses.in_flight_bytes; }));
  return axes;
}

void add_contents(std::vector<Cell>& cells, const TypedWorkload& typed, std::uint64_t seed) {
  using Key = std::tuple<std::string, std::uint64_t, std::uint64_t, std::uint64_t>;
  std::map<Key, std::shared_ptr<const Content>> contents;
  for (Cell& cell : cells) {
    engine::Workload& workload = cell.workload;
    // A replay without a number of lines is the whole file, once.
    const bool whole = workload.lines_kind == "replayed" && !typed.lines;
    const std::uint64_t lines = cell.parameters.lines;
    auto& content = contents[{workload.lines_kind, whole ? 0 : lines, workload.least_line_bytes.value_or(0),
                              workload.most_line_bytes.value_or(0)}];
    if (content == nullptr) {
      if (workload.lines_kind == "replayed") {
        try {
          content =
              std::make_shared<engine::ReplayedLines>(*workload.input, whole ? std::nullopt : std::optional(lines));
        } catch (const std::exception& error) {
          throw UsageError(fmt::format("--input {}", error.what()));
        }
      } else if (workload.lines_kind == "sized") {
        content =
            std::make_shared<engine::SizedLines>(lines, engine::LineSizes{.least_bytes = *workload.least_line_bytes,
                                                                          .most_bytes = *workload.most_line_bytes,
                                                                          .seed = seed});
      } else {
        content = std::make_shared<engine::NumberedLines>(lines);
      }
    }
    workload.content = content;
    cell.parameters.lines = content->lines();
    cell.bytes = content->offset_bytes(content->lines());
  }
}

}  // namespace writebench::cli
