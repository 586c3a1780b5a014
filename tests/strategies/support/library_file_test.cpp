#include "strategies/support/library_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "engine/trial/scratch.hpp"

namespace writebench::strategies {
namespace {

// The library: opens the path, and writes when it is told to.
class LibraryFileTest : public testing::Test {
 protected:
  LibraryFileTest() { ::close(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600)); }
  ~LibraryFileTest() override {
    if (descriptor_ >= 0) ::close(descriptor_);
    ::unlink(path_.c_str());
  }

  LibraryFile open(File& file, std::size_t buffer_bytes) {
    return {file, buffer_bytes, [&] { descriptor_ = ::open(path_.c_str(), O_WRONLY); }};
  }

  void write(const std::string& text) {
    ASSERT_EQ(::write(descriptor_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  int read_only() const { return ::open(path_.c_str(), O_RDONLY); }

  engine::Scratch scratch_{testing::TempDir()};
  const std::string path_ = scratch_.file_path("library");
  int descriptor_ = -1;
};

TEST_F(LibraryFileTest, ReportsWhatTheKernelHasOnceABufferIsFull) {
  File file(path_, read_only(), {.kind = Durability::Kind::kBytes, .interval_bytes = 8});
  LibraryFile library = open(file, 10);
  library.appended(9);
  EXPECT_EQ(file.syncs(), 0u) << "nobody has asked the kernel";
  write("1234567");
  library.appended(1);
  EXPECT_EQ(file.syncs(), 0u) << "7 bytes are with the kernel";
  write("890");
  library.flushed();
  EXPECT_EQ(file.syncs(), 1u) << "10 are";
}

TEST_F(LibraryFileTest, SaysHowManyBytesALibraryHasDropped) {
  File file(path_, read_only(), {});
  LibraryFile library = open(file, 100);
  library.appended(10);
  write("1234567");
  try {
    library.flushed();
    FAIL();
  } catch (const IoError& error) {
    EXPECT_EQ(error.what(), "write (7 of 10 bytes taken) " + path_ + " at byte 7: Input/output error");
  }
}

TEST_F(LibraryFileTest, SaysSoIfTheFileWasNotOpened) {
  File file(path_, read_only(), {});
  const auto opens = [&](const std::string& path) {
    try {
      const LibraryFile library(file, 100, [&] { descriptor_ = ::open(path.c_str(), O_WRONLY); });
    } catch (const IoError& error) {
      return error.code().value();
    }
    return 0;
  };
  EXPECT_EQ(opens(path_ + "-not-there"), ENOENT);
  EXPECT_EQ(opens("/dev/null"), ESTALE);
}

TEST_F(LibraryFileTest, SendsTheRestNowhereOnceItIsAbandoned) {
  File file(path_, read_only(), {});
  const LibraryFile library = open(file, 100);
  write("kept");
  library.abandon();
  write("lost");
  char bytes[16];
  EXPECT_EQ(::pread(file.descriptor(), bytes, sizeof bytes, 0), 4);
}

}  // namespace
}  // namespace writebench::strategies
