// The old asynchronous interfaces: what they leave behind, and what a kernel that forbids them is said to do.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "engine/lines/sized_lines.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/contract.hpp"
#include "tests/strategies/forbid.hpp"

namespace writebench::tests {
namespace {

std::ptrdiff_t thread_count() {
  const std::filesystem::directory_iterator all("/proc/self/task");
  return std::distance(begin(all), end(all));
}

void run_posix_aio(const engine::Scratch& scratch) {
  const engine::SizedLines content(1000, {100, 100, 0});
  BareRun run(*strategies::find("posix-aio"), {.lines = 1000, .buffer_bytes = 4096, .queue_depth = 3}, content, {}, {},
              scratch);
  run.prepare();
  run.run();
  run.finish();
  EXPECT_TRUE(run.verify().right);
}

// A thread of glibc without work would stay for a second, and is not in a child that is forked meanwhile.
TEST(PosixAio, SeesItsThreadOff) {
  const engine::Scratch scratch(testing::TempDir());
  const std::ptrdiff_t before = thread_count();
  for (int i = 0; i < 20; ++i) {
    run_posix_aio(scratch);
    EXPECT_EXIT(
        {
          ::alarm(20);
          run_posix_aio(scratch);
          ::_exit(testing::Test::HasFailure() ? 1 : 0);
        },
        testing::ExitedWithCode(0), "");
  }
  std::ptrdiff_t left = thread_count();
  for (int i = 0; i < 100 && left > before; ++i) {  // one that ends is there for a moment
    ::usleep(1000);
    left = thread_count();
  }
  EXPECT_EQ(left, before);
}

// With and without space that is allocated ahead, and with fewer and more blocks in flight than there are.
TEST(LibaioDirect, IsRightWhateverItsOptionsSay) {
  if (const auto reason = strategies::find("libaio-direct")->unavailable()) GTEST_SKIP() << *reason;
  const engine::Scratch scratch(testing::TempDir());
  const engine::SizedLines content(700, {1, 400, 1});
  for (const std::uint64_t ahead : {0u, 1u, 4096u, 5000u, 1u << 20}) {
    for (const std::size_t depth : {1u, 2u, 5u, 100u}) {
      for (const auto kind : {Durability::Kind::kNone, Durability::Kind::kBytes}) {
        const CellParameters parameters{.lines = 700,
                                        .buffer_bytes = 5000,
                                        .queue_depth = depth,
                                        .durability = {.kind = kind, .interval_bytes = 20'000},
                                        .own = {{"ahead", ahead}}};
        try {
          BareRun run(*strategies::find("libaio-direct"), parameters, content, {}, {}, scratch);
          run.prepare();
          run.run();
          run.finish();
          const engine::Verification found = run.verify();
          EXPECT_TRUE(found.right) << ahead << " ahead, depth " << depth << ": " << found.describe();
        } catch (const Unsupported& unsupported) {
          GTEST_SKIP() << unsupported.what();
        }
      }
    }
  }
}

// Throws from the loop over the lines, while blocks are in flight.
class GivesUpEarly final : public LineObserver {
 public:
  void line_is_due() override {
    if (++lines_ == 2500) throw std::runtime_error("given up");
  }
  void line_is_done() override {}

 private:
  int lines_ = 0;
};

TEST(LegacyInterfaces, WaitForWhatIsInFlightBeforeTheirMemoryGoes) {
  const engine::Scratch scratch(testing::TempDir());
  const engine::SizedLines content(3000, {100, 100, 0});
  std::string right;
  for (const std::string_view line : Lines(content, {0, 1, 3000})) right += line;
  ::mallopt(M_PERTURB, 0x5a);  // whatever is freed is overwritten
  for (const char* const name : {"posix-aio", "libaio-direct"}) {
    const Descriptor& strategy = *strategies::find(name);
    if (strategy.unavailable && strategy.unavailable()) continue;
    ssize_t taken_bytes = 0;
    for (int attempt = 0; attempt < 20; ++attempt) {
      GivesUpEarly observer;
      JobHooks hooks;
      hooks.observe = [&](const LineRange&) { return &observer; };
      int descriptor = -1;
      try {
        BareRun run(strategy, {.lines = 3000, .buffer_bytes = 4096, .queue_depth = 64, .own = {{"ahead", 1 << 20}}},
                    content, hooks, {}, scratch);
        descriptor = ::open(run.paths().front().c_str(), O_RDONLY | O_CLOEXEC);
        run.prepare();
        EXPECT_THROW(run.run(), std::runtime_error);
      } catch (const Unsupported&) {
        taken_bytes = 1;
        break;  // no O_DIRECT here
      }
      std::string found(right.size(), '\0');
      taken_bytes += ::pread(descriptor, found.data(), found.size(), 0);
      ::close(descriptor);
      for (std::size_t i = 0; i < found.size(); ++i) {
        if (found[i] == '\0' || found[i] == right[i]) continue;
        ADD_FAILURE() << name << " wrote memory that was freed, at byte " << i;
        break;
      }
    }
    EXPECT_GT(taken_bytes, 0) << name << " never had time to write";
  }
  ::mallopt(M_PERTURB, 0);
}

TEST(LibaioDirect, IsUnavailableForTheReasonThatTheKernelGives) {
  const auto reason_here = strategies::find("libaio-direct")->unavailable();
  if (reason_here && reason_here->find("built without") != std::string::npos) GTEST_SKIP() << *reason_here;
  for (const int error : {EPERM, ENOSYS, EAGAIN}) {
    const std::string said = std::generic_category().message(error);
    EXPECT_EXIT(
        {
          forbid(SYS_io_setup, error);
          const auto reason = strategies::find("libaio-direct")->unavailable();
          std::fprintf(stderr, "%s\n", reason ? reason->c_str() : "is available");
          ::_exit(0);
        },
        testing::ExitedWithCode(0), "io_setup: " + said + (error == EAGAIN ? ".*fs.aio-max-nr, which is [0-9]+" : ""));
  }
}

}  // namespace
}  // namespace writebench::tests
