// The only file of the engine that uses Google Benchmark. The debug checks of version 1.7.1 abort on many combinations,
// so this uses the common ones only: fixed arguments, one repetition, no interleaving, our own reporter on every call.
#include "engine/run/google_benchmark_round.hpp"

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <optional>
#include <system_error>

#include "engine/owned_descriptor.hpp"
#include "engine/process/signals.hpp"

namespace writebench::engine {
namespace {

constexpr int kRan = 77;  // not a status that the library exits with

// When the library loads, BENCHMARK_* variables of the user's environment set its flags; these arguments reset them.
void initialize_once() {
  static const bool done = [] {
    std::array<std::string, 12> arguments{
        "writebench",
        "--benchmark_repetitions=1",
        "--benchmark_min_warmup_time=0",
        "--benchmark_out=",
        "--benchmark_list_tests=false",
        "--benchmark_enable_random_interleaving=false",
        "--benchmark_perf_counters=",
        "--benchmark_filter=all",
        "--benchmark_format=console",
        "--benchmark_out_format=console",
        "--benchmark_color=false",
        "--v=0",
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

void run_in_library(const std::vector<RoundEntry>& entries) {
  const InLibrary in_library("Google Benchmark");
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

// One empty round, in a child that prints to `output` only. Its status says whether it was carried out.
[[noreturn]] void try_library(int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  use_signals_of_child();
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  bool ran = false;
  try {
    run_in_library({{"empty", [&] { ran = true; }}});
  } catch (const std::exception&) {
  }
  ::_exit(ran ? kRan : 1);
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "is ended by " + name_of_signal(WTERMSIG(status));
  return "calls exit(" + std::to_string(WEXITSTATUS(status)) + ")";
}

// Reads to the end of the stream.
std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> block;
  for (;;) {
    const ssize_t got = ::read(descriptor, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
  }
}

std::string trouble_in_child() {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return "cannot be tried: " + std::generic_category().message(errno);
  const OwnedDescriptor reader(pipe[0]);
  OwnedDescriptor writer(pipe[1]);
  const pid_t parent = ::getpid();
  std::optional<HeldSignals> held(std::in_place);
  const pid_t pid = ::fork();
  const int fork_error = errno;
  if (pid == 0) try_library(writer.get(), parent);
  held.reset();
  if (pid < 0) return "cannot be tried: " + std::generic_category().message(fork_error);
  writer = OwnedDescriptor(-1);
  const std::string said = read_all(reader.get());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kRan) return "";
  return how_it_ended(status) + (said.empty() ? "" : ": " + first_line(said));
}

// The library reads /sys and /proc in its first round only. That is now, while more descriptors are free than later.
std::string find_trouble() {
  std::string trouble = trouble_in_child();
  if (trouble.empty()) run_in_library({{"empty", [] {}}});
  return trouble;
}

}  // namespace

const std::string& trouble_with_google_benchmark() {
  static const std::string trouble = find_trouble();
  return trouble;
}

void run_round(const std::vector<RoundEntry>& entries) {
  if (entries.empty()) return;
  if (trouble_with_google_benchmark().empty()) return run_in_library(entries);
  for (const RoundEntry& entry : entries) entry.trial();
}

}  // namespace writebench::engine
