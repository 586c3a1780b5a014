// The only file of the engine that uses Google Benchmark. The debug checks of version 1.7.1 abort on many combinations,
// so this uses the common ones only: fixed arguments, one repetition, no interleaving, our own reporter on every call.
#include "engine/run/google_benchmark_round.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <exception>

namespace writebench::engine {
namespace {

// When the library loads, BENCHMARK_* variables of the user's environment set its flags; these arguments reset them.
void initialize_once() {
  static const bool done = [] {
    std::array<std::string, 8> arguments{
        "writebench",
        "--benchmark_repetitions=1",
        "--benchmark_min_warmup_time=0",
        "--benchmark_out=",
        "--benchmark_list_tests=false",
        "--benchmark_enable_random_interleaving=false",
        "--benchmark_perf_counters=",
        "--benchmark_filter=all",
    };
    std::array<char*, arguments.size() + 1> argv{};
    for (std::size_t i = 0; i < arguments.size(); ++i) argv[i] = arguments[i].data();
    int argc = static_cast<int>(arguments.size());
    benchmark::Initialize(&argc, argv.data());
    return true;
  }();
  static_cast<void>(done);
}

// Discards what the library has measured.
class Silent final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

}  // namespace

void run_round(const std::vector<RoundEntry>& entries) {
  if (entries.empty()) return;
  initialize_once();
  benchmark::ClearRegisteredBenchmarks();
  std::exception_ptr error;  // must not pass through the library
  for (const RoundEntry& entry : entries) {
    benchmark::RegisterBenchmark(entry.name.c_str(),
                                 [&entry, &error](benchmark::State& state) {
                                   for (auto _ : state) {
                                     try {
                                       if (!error) entry.trial();
                                     } catch (...) {
                                       error = std::current_exception();
                                     }
                                   }
                                 })
        ->Iterations(1)
        ->Repetitions(1);
  }
  Silent silent;
  benchmark::RunSpecifiedBenchmarks(&silent, "all");
  if (error) std::rethrow_exception(error);
}

}  // namespace writebench::engine
