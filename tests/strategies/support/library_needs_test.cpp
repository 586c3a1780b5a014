#include "strategies/support/library_needs.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <system_error>

namespace writebench::strategies {
namespace {

// While it lives, this process may have so much of it.
class Limit {
 public:
  Limit(__rlimit_resource resource, rlim_t most) : resource_(resource) {
    ::getrlimit(resource_, &before_);
    const rlimit limited{most, before_.rlim_max};
    ::setrlimit(resource_, &limited);
  }
  ~Limit() { ::setrlimit(resource_, &before_); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;

 private:
  const __rlimit_resource resource_;
  rlimit before_{};
};

int first_free_descriptor() {
  const int descriptor = ::dup(0);
  ::close(descriptor);
  return descriptor;
}

TEST(LibraryNeeds, OfDescriptorsAreGivenBack) {
  const int before = first_free_descriptor();
  expect_descriptors(5);
  EXPECT_EQ(first_free_descriptor(), before);
  const Limit limit(RLIMIT_NOFILE, static_cast<rlim_t>(before) + 1);
  expect_descriptors(1);
  try {
    expect_descriptors(2);
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), EMFILE);
    EXPECT_STREQ(error.what(), "cannot open 2 files: Too many open files");
  }
  EXPECT_EQ(first_free_descriptor(), before);
}

TEST(LibraryNeeds, OfThreadsAreGoneOnReturn) {
  const auto threads = [] {
    struct stat status {};
    ::stat("/proc/self/task", &status);
    return status.st_nlink;
  };
  expect_threads(1);  // the thread sanitizer starts a thread of its own beside the first
  const auto before = threads();
  for (int i = 0; i < 20; ++i) {
    expect_threads(5);
    EXPECT_EQ(threads(), before);
  }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they need more address space than any limit

TEST(LibraryNeeds, OfMemoryAreNotThereBeyondALimit) {
  expect_memory(1 << 20);
  const Limit limit(RLIMIT_AS, 1ull << 40);
  EXPECT_THROW(expect_memory(1ull << 41), std::bad_alloc);
  expect_memory(1 << 20);
}

TEST(LibraryNeeds, OfThreadsAreSaidToBeMissing) {
  EXPECT_EXIT(
      {
        const Limit limit(RLIMIT_AS, 1 << 20);  // less than it has: no stack can be had
        try {
          expect_threads(50);
        } catch (const std::system_error&) {
          ::_exit(3);
        } catch (const std::bad_alloc&) {
          ::_exit(4);
        }
        ::_exit(0);
      },
      testing::ExitedWithCode(3), "");
}

#endif

}  // namespace
}  // namespace writebench::strategies
