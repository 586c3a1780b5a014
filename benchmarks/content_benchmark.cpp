// Measures the cost of the lines themselves: walking them one by one, as a strategy does, and verifying a file of them.
//
//   build/release/benchmarks/content_benchmark [--benchmark_filter=walk]
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "engine/lines/replayed_lines.hpp"
#include "engine/lines/sized_lines.hpp"
#include "engine/trial/scratch.hpp"
#include "engine/verification/verify.hpp"

namespace writebench {
namespace {

constexpr std::uint64_t kLogLines = 1'000'000;

// A log of about 100 MB: about one line in twenty is empty, and another one in twenty is one of five texts.
std::string log_in(const engine::Scratch& scratch) {
  std::string path = scratch.file_path("log.txt");
  std::ofstream log(path, std::ios::binary);
  std::mt19937_64 random(1);
  for (std::uint64_t line = 0; line < kLogLines; ++line) {
    switch (random() % 20) {
      case 0: log << "\n"; break;
      case 1: log << "    at handler (server.js:" << random() % 5 << ")\n"; break;
      default:
        log << "2024-05-01T10:00:00.123Z INFO  request " << line << " took " << random() % 1000 << " us "
            << std::string(random() % 110, 'x') << "\n";
    }
  }
  return path;
}

const engine::ReplayedLines& replayed_log() {
  static const engine::Scratch scratch(".");
  static const engine::ReplayedLines log(log_in(scratch));
  return log;
}

std::unique_ptr<Content> counters() { return std::make_unique<engine::NumberedLines>(5'000'000); }
std::unique_ptr<Content> hundred_bytes() {
  return std::make_unique<engine::SizedLines>(1'000'000, engine::LineSizes{100, 100});
}
std::unique_ptr<Content> ranging() {
  return std::make_unique<engine::SizedLines>(500'000, engine::LineSizes{12, 1000, 1});
}
std::unique_ptr<Content> mebibytes() {
  return std::make_unique<engine::SizedLines>(500, engine::LineSizes{1 << 20, 1 << 20});
}

void walk_alone(const Content& content) {
  for (const std::string_view line : Lines(content, {0, 1, content.lines()})) benchmark::DoNotOptimize(line.data());
}

void walk_in_turns(const Content& content, unsigned writers) {
  const std::uint64_t lines = content.lines();
  std::vector<std::unique_ptr<Lines>> shares;
  std::vector<Lines::Iterator> places;
  for (unsigned writer = 0; writer < writers; ++writer) {
    const LineRange range{writer, writers, (lines - writer - 1) / writers + 1};
    shares.push_back(std::make_unique<Lines>(content, range));
    places.push_back(shares.back()->begin());
  }
  for (std::uint64_t line = 0, writer = 0; line < lines; ++line) {
    benchmark::DoNotOptimize((*places[writer]).data());
    ++places[writer];
    if (++writer == writers) writer = 0;
  }
}

// The figures are per line of all writers. Out of line, as strategies are, so the compiler cannot see the content's
// type.
[[gnu::noinline]] void walk(benchmark::State& state, const Content& content, unsigned writers) {
  for (auto _ : state) writers == 1 ? walk_alone(content) : walk_in_turns(content, writers);
  const std::uint64_t lines = content.lines();
  const double total = static_cast<double>(lines) * static_cast<double>(state.iterations());
  state.counters["per_line"] = benchmark::Counter(total, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(content.offset_bytes(lines)));
}

void walk_made(benchmark::State& state, std::unique_ptr<Content> (*make)(), unsigned writers) {
  walk(state, *make(), writers);
}
BENCHMARK_CAPTURE(walk_made, counters, counters, 1)->Name("walk counters")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk_made, hundred, hundred_bytes, 1)->Name("walk 100 bytes")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk_made, ranging, ranging, 1)->Name("walk 12 to 1000 bytes")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk_made, mebibytes, mebibytes, 1)->Name("walk 1 MiB")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk_made, mebibytes64, mebibytes, 64)->Name("walk 1 MiB as 64")->Unit(benchmark::kMillisecond);

void walk_log(benchmark::State& state, unsigned writers) {
  replayed_log().arrange(writers);  // as a trial's runner does, before the clock
  walk(state, replayed_log(), writers);
}
BENCHMARK_CAPTURE(walk_log, alone, 1)->Name("walk a log")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk_log, ten, 10)->Name("walk a log as 10")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk_log, many, 64)->Name("walk a log as 64")->Unit(benchmark::kMillisecond);

void prove(benchmark::State& state, const Content& content, Order order) {
  const engine::Scratch scratch(".");
  const std::string path = scratch.file_path("lines.txt");
  {
    std::ofstream file(path, std::ios::binary);
    for (const std::string_view line : Lines(content, {0, 1, content.lines()})) {
      file.write(line.data(), static_cast<std::streamsize>(line.size()));
    }
  }
  for (auto _ : state) {
    if (!engine::verify(path, content, order, 10).right) std::abort();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(content.offset_bytes(content.lines())));
}

void prove_made(benchmark::State& state, std::unique_ptr<Content> (*make)(), Order order) {
  prove(state, *make(), order);
}
void prove_log(benchmark::State& state, Order order) { prove(state, replayed_log(), order); }
BENCHMARK_CAPTURE(prove_made, counters1, counters, Order::kGlobal)->Name("verify counters, global");
BENCHMARK_CAPTURE(prove_made, counters2, counters, Order::kPerWriter)->Name("verify counters, per writer");
BENCHMARK_CAPTURE(prove_made, counters3, counters, Order::kNone)->Name("verify counters, none");
BENCHMARK_CAPTURE(prove_made, hundred1, hundred_bytes, Order::kGlobal)->Name("verify 100 bytes, global");
BENCHMARK_CAPTURE(prove_made, hundred2, hundred_bytes, Order::kPerWriter)->Name("verify 100 bytes, per writer");
BENCHMARK_CAPTURE(prove_made, hundred3, hundred_bytes, Order::kNone)->Name("verify 100 bytes, none");
BENCHMARK_CAPTURE(prove_log, log1, Order::kGlobal)->Name("verify a log, global");
BENCHMARK_CAPTURE(prove_log, log2, Order::kPerWriter)->Name("verify a log, per writer");
BENCHMARK_CAPTURE(prove_log, log3, Order::kNone)->Name("verify a log, none");

}  // namespace
}  // namespace writebench

BENCHMARK_MAIN();
