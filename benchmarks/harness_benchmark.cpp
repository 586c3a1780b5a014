// Measures whether the harness slows a strategy down: the cost of walking one line, and the sync-buffered strategy
// against hand-written loops that render the same lines and write them in the same calls. The two of a pair take turns
// on new files, in this process; the counters are medians.
//
//   build/release/benchmarks/harness_benchmark [--benchmark_min_time=5]
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "engine/statistics.hpp"
#include "engine/trial/scratch.hpp"
#include "strategies/table.hpp"
#include "writebench/job.hpp"

namespace writebench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint64_t kLines = 500'000;
constexpr std::size_t kBufferBytes = 1 << 20;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// What one would write without a harness: each line is rendered directly into the buffer that is written.
class Plain {
 public:
  std::size_t render(std::uint64_t number, char* to) const {
    std::memcpy(to, "line#", 5);  // NOLINT(bugprone-not-null-terminated-result): it is no string
    char* const end = std::to_chars(to + 5, to + 32, number).ptr;
    *end = '\n';
    return static_cast<std::size_t>(end + 1 - to);
  }
};

// The same with everything known beforehand: the lines of one thousand share their head, and the tails are in a table.
class Tuned {
 public:
  Tuned() {
    for (std::size_t i = 0; i < 1000; ++i) {
      tails_[4 * i] = static_cast<char>('0' + i / 100);
      tails_[4 * i + 1] = static_cast<char>('0' + i / 10 % 10);
      tails_[4 * i + 2] = static_cast<char>('0' + i % 10);
      tails_[4 * i + 3] = '\n';
    }
  }

  std::size_t render(std::uint64_t number, char* to) {
    if (number < 1000) return Plain().render(number, to);
    const std::uint64_t rest = number % 1000;
    if (rest == 0 || head_bytes_ == 0) head_bytes_ = Plain().render(number / 1000, head_) - 1;
    std::memcpy(to, head_, 16);
    std::memcpy(to + head_bytes_, &tails_[4 * rest], 4);
    return head_bytes_ + 4;
  }

 private:
  char head_[32] = {};
  std::size_t head_bytes_ = 0;
  char tails_[4000];
};

template <class Renderer>
void write_by_hand(int descriptor, char* block) {
  Renderer renderer;
  std::size_t used = 0;
  const auto flush = [&] {
    if (::write(descriptor, block, used) != static_cast<ssize_t>(used)) std::abort();
    used = 0;
  };
  for (std::uint64_t number = 0; number < kLines; ++number) {
    if (used + 12 > kBufferBytes) flush();  // no line is longer
    used += renderer.render(number, block + used);
  }
  flush();
}

// The strategy's loop with lines from the harness's renderer, in batches, but without Job, Lines and Block.
void write_batches_by_hand(int descriptor, char* block) {
  const engine::NumberedLines content(kLines);
  std::vector<char> text(8192 + Content::kSlackBytes);
  std::vector<std::uint32_t> lengths(512);
  std::size_t used = 0;
  const auto flush = [&] {
    if (::write(descriptor, block, used) != static_cast<ssize_t>(used)) std::abort();
    used = 0;
  };
  for (std::uint64_t number = 0; number < kLines;) {
    const std::size_t lines = content.render({number, 1, kLines - number}, text, lengths);
    const char* line = text.data();
    for (std::size_t i = 0; i < lines; ++i) {
      if (used + lengths[i] > kBufferBytes) flush();
      std::memcpy(block + used, line, lengths[i]);
      used += lengths[i];
      line += lengths[i];
    }
    number += lines;
  }
  flush();
}

int new_file(const std::string& path) {
  ::unlink(path.c_str());
  const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0644);
  if (descriptor < 0) throw IoError("open", path, errno);
  return descriptor;
}

double strategy_seconds(const std::string& path) {
  const engine::NumberedLines content(kLines);
  File file(path, new_file(path), {});
  Job job({.lines = kLines, .options = {{kBufferSize, kBufferBytes}}}, content, file);
  const auto strategy = strategies::find("sync-buffered")->make();
  strategy->prepare(job);
  const auto start = Clock::now();
  strategy->run(job);
  file.close();
  return seconds_since(start);
}

template <void (*write_loop)(int, char*)>
void strategy_against(benchmark::State& state) {
  const engine::Scratch scratch(".");
  const std::string path = scratch.file_path("lines.txt");
  std::vector<char> block(kBufferBytes + 64);
  std::vector<double> strategy_ms, by_hand_ms, ratios;
  for (auto _ : state) {
    const double strategy = strategy_seconds(path);
    const int descriptor = new_file(path);
    const auto start = Clock::now();
    write_loop(descriptor, block.data());
    ::close(descriptor);
    const double by_hand = seconds_since(start);
    state.SetIterationTime(strategy);
    strategy_ms.push_back(strategy * 1e3);
    by_hand_ms.push_back(by_hand * 1e3);
    ratios.push_back(strategy / by_hand);
  }
  state.counters["strategy_ms"] = engine::median(strategy_ms);
  state.counters["by_hand_ms"] = engine::median(by_hand_ms);
  state.counters["ratio"] = engine::median(ratios);
}
BENCHMARK(strategy_against<write_by_hand<Plain>>)->Name("sync-buffered against a plain loop")->UseManualTime();
BENCHMARK(strategy_against<write_batches_by_hand>)
    ->Name("sync-buffered against a loop over rendered batches")
    ->UseManualTime();
BENCHMARK(strategy_against<write_by_hand<Tuned>>)->Name("sync-buffered against a tuned loop in place")->UseManualTime();

void null_walk(benchmark::State& state) {
  const engine::NumberedLines content(kLines);
  File file("unused", -1, {});
  Job job({.lines = kLines}, content, file);
  const auto strategy = strategies::find("null")->make();
  std::vector<double> ns_per_line;
  for (auto _ : state) {
    const auto start = Clock::now();
    strategy->run(job);
    const double seconds = seconds_since(start);
    state.SetIterationTime(seconds);
    ns_per_line.push_back(seconds * 1e9 / static_cast<double>(kLines));
  }
  state.counters["ns_per_line"] = engine::median(ns_per_line);
}
BENCHMARK(null_walk)->Name("null")->UseManualTime();

}  // namespace
}  // namespace writebench

BENCHMARK_MAIN();
