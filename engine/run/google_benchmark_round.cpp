// The one file of the engine that knows Google Benchmark. Version 1.7.1 aborts on what its debug checks dislike, so
// this keeps to the beaten path: fixed arguments, one repetition, no interleaving, a reporter of our own on every call.
#include "engine/run/google_benchmark_round.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <exception>

namespace writebench::engine {
namespace {

// BENCHMARK_* variables of the user's environment set its flags when the library loads; these take them back.
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

// Drops what the library has measured.
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
  std::exception_ptr error;  // must not fly through the library
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
