#include "engine/lines/replayed_lines.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/verification/verify.hpp"
#include "tests/engine/lines/listed_lines.hpp"
#include "tests/engine/random.hpp"
#include "tests/engine/trial/memory_file.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

constexpr std::size_t kBlock = LineFile::kBlockBytes;

// What the lines of a file are, said in another way than LineFile does.
Strings split(const std::string& bytes) {
  Strings lines;
  std::string line;
  for (const char c : bytes) {
    line += c;
    if (c == '\n') lines.push_back(std::exchange(line, {}));
  }
  if (!line.empty()) lines.push_back(line + "\n");
  return lines;
}

void expect_replay(const std::string& bytes, std::uint64_t count, const ReplayedLines& content) {
  const Strings lines = split(bytes);
  ASSERT_EQ(content.file_lines(), lines.size());
  ASSERT_EQ(content.lines(), count);
  std::size_t longest = 0;
  for (const std::string& line : lines) longest = std::max(longest, line.size());
  EXPECT_EQ(content.longest_line_bytes(), longest);
  for (const std::uint64_t step : {1u, 2u, 10u, 64u, 1001u}) {
    for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{1}, count / 2}) {
      if (first >= count) continue;
      std::uint64_t number = first;
      for (const std::string_view line : Lines(content, {first, step, (count - first - 1) / step + 1})) {
        ASSERT_EQ(line, lines[number % lines.size()]) << "line " << number << " by " << step;
        number += step;
      }
      ASSERT_GE(number, count);
    }
  }
  std::uint64_t offset = 0;
  for (std::uint64_t line = 0; line <= count; ++line) {
    if (line < 50 || line % 41 == 0 || line == count) {
      ASSERT_EQ(content.offset_bytes(line), offset) << line;
    }
    offset += lines[line % lines.size()].size();
  }
}

// Held in memory or not, and with or without the shares arranged, the lines are the same.
void expect_replay(const std::string& bytes, std::uint64_t count) {
  const MemoryFile file;
  const std::string& path = file.holding(bytes);
  for (const std::uint64_t most_held_bytes : {std::uint64_t{0}, ReplayedLines::kMostHeldBytes}) {
    const ReplayedLines content(path, count, most_held_bytes);
    expect_replay(bytes, count, content);
    for (const std::uint64_t step : {1u, 2u, 10u, 1001u}) content.arrange(step);
    expect_replay(bytes, count, content);
    EXPECT_EQ(content.held_bytes() == 0, most_held_bytes == 0);
  }
}

std::string random_bytes(Random& random, std::size_t count, unsigned newline_in) {
  std::string bytes(count, ' ');
  for (char& c : bytes) {
    c = static_cast<char>(random() % 256);
    if (c == '\n' || random() % newline_in == 0) c = random() % newline_in == 0 ? '\n' : '\0';
  }
  return bytes;
}

std::string log_of(std::uint64_t lines, std::uint64_t seed) {
  Random random(seed);
  std::string log;
  for (std::uint64_t line = 0; line < lines; ++line) {
    if (random() % 20 == 0) {
      log += "\n";
    } else if (random() % 20 == 0) {
      log += "    at handler (server.js:" + std::to_string(random() % 5) + ")\n";
    } else {
      log += "2024-05-01T10:00:00 INFO request " + std::to_string(line) + " took " + std::to_string(random() % 1000) +
             " us" + std::string(random() % 120, 'x') + "\n";
    }
  }
  return log;
}

TEST(ReplayedLines, ComeFromFirstToLastAndThenAgain) {
  const MemoryFile file;
  const ReplayedLines content(file.holding("a\n\nlonger\n"), 7);
  Strings lines;
  for (const std::string_view line : Lines(content, {0, 1, 7})) lines.emplace_back(line);
  EXPECT_EQ(lines, (Strings{"a\n", "\n", "longer\n", "a\n", "\n", "longer\n", "a\n"}));
  EXPECT_EQ(content.offset_bytes(7), 22u);
  EXPECT_EQ(content.file_bytes(), 10u);
  EXPECT_FALSE(content.lines_are_unique());
}

TEST(ReplayedLines, AreAsManyAsTheFileHasWhereNotToldOtherwise) {
  const MemoryFile file;
  EXPECT_EQ(ReplayedLines(file.holding("a\nb\nc")).lines(), 3u);
  EXPECT_EQ(ReplayedLines(file.holding("a\nb\nc\n")).lines(), 3u);
  EXPECT_EQ(ReplayedLines(file.holding("a\nb\nc"), 2).lines(), 2u);
  EXPECT_EQ(ReplayedLines(file.holding("a\nb\nc"), 0).lines(), 0u);
}

TEST(ReplayedLines, GiveALastLineTheNewlineItLacks) {
  const MemoryFile file;
  const ReplayedLines content(file.holding("a\nb"), 4);
  std::string bytes;
  for (const std::string_view line : Lines(content, {0, 1, 4})) bytes += line;
  EXPECT_EQ(bytes, "a\nb\na\nb\n");
  EXPECT_EQ(content.file_bytes(), 4u);
}

TEST(ReplayedLines, TakeFilesOfAnyBytes) {
  Random random(1);
  for (const unsigned newline_in : {2u, 8u, 50u}) {
    for (const std::size_t bytes : {1u, 2u, 63u, 64u, 65u, 1000u, 100'000u}) {
      expect_replay(random_bytes(random, bytes, newline_in), 1 + 3 * bytes / 10);
    }
  }
}

TEST(ReplayedLines, TakeFilesThatEndAroundTheEndOfABlock) {
  Random random(2);
  for (const std::size_t blocks : {1u, 3u}) {
    for (const int more : {-1025, -1024, -65, -64, -2, -1, 0, 1, 2, 64, 1024, 1025}) {
      std::string bytes = random_bytes(random, blocks * kBlock + static_cast<std::size_t>(more), 10);
      bytes.back() = 'x';
      expect_replay(bytes, 2000);
      bytes.back() = '\n';
      expect_replay(bytes, 2000);
    }
  }
}

TEST(ReplayedLines, TakeLinesLongerThanAnyBuffer) {
  Random random(3);
  std::string bytes;
  for (const std::size_t length :
       {10u, 40'000u, 0u, 1'000'000u, 32'767u, 32'768u, 1u, 300'000u, 2u, 8191u, 8192u, 8225u}) {
    std::string line = random_bytes(random, length, 1'000'000);
    std::replace(line.begin(), line.end(), '\n', '\r');
    bytes += line + "\n";
  }
  expect_replay(bytes, 30);
  expect_replay(bytes + std::string(200'000, 'x'), 30);
  expect_replay(std::string(200'000, 'x'), 5);
  expect_replay(std::string(2 * kBlock - 1, 'x') + "\n", 5);
}

TEST(ReplayedLines, TakeFilesOfEmptyLines) {
  expect_replay("\n", 1000);
  expect_replay(std::string(3 * kBlock + 5, '\n'), 4 * kBlock);
  expect_replay(std::string("x").append(kBlock, '\n') + "x", 2 * kBlock);
}

TEST(ReplayedLines, CanStartAtAnyLine) {
  Random random(4);
  const std::string bytes = random_bytes(random, 40 * kBlock, 100);
  const Strings lines = split(bytes);
  const MemoryFile file;
  const ReplayedLines content(file.holding(bytes), UINT64_MAX);
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t first = random() >> (1 + random() % 63);
    const std::uint64_t step = 1 + random() % (round % 2 ? 5 : 5000);
    std::uint64_t number = first;
    for (const std::string_view line : Lines(content, {first, step, 1 + random() % 5})) {
      ASSERT_EQ(line, lines[number % lines.size()]);
      number += step;
    }
  }
}

TEST(ReplayedLines, OverwriteNoMoreThanTheSlackAfterTheLastLine) {
  const MemoryFile file;
  const ReplayedLines content(file.holding(log_of(2000, 5)), 2000);
  for (const std::uint64_t step : {1u, 3u}) {
    for (std::size_t room = content.longest_line_bytes(); room < 2000; room += 13) {
      std::string text(room + Content::kSlackBytes + 64, '#');
      std::vector<std::uint32_t> lengths(64);
      const std::span<char> span(text.data(), room + Content::kSlackBytes);
      ASSERT_GE(content.render({room, step, 50}, span, lengths), 1u);
      ASSERT_EQ(text.substr(room + Content::kSlackBytes), std::string(64, '#'));
    }
  }
}

TEST(ReplayedLines, AreTheSameForManyThreadsAtOnce) {
  const std::string bytes = log_of(20'000, 6);
  const Strings lines = split(bytes);
  const MemoryFile file;
  const ReplayedLines content(file.holding(bytes), 30'000);
  std::vector<std::thread> threads;
  std::vector<std::uint64_t> wrong(8, 0);
  for (std::uint64_t writer = 0; writer < 8; ++writer) {
    threads.emplace_back([&, writer] {
      const std::uint64_t step = writer % 2 == 0 ? 8 : 1;
      std::uint64_t number = writer;
      for (const std::string_view line : Lines(content, {writer, step, (30'000 - writer - 1) / step + 1})) {
        wrong[writer] += line != lines[number % lines.size()];
        number += step;
      }
      wrong[writer] += number < 30'000;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<std::uint64_t>(8, 0));
}

class ReplayedFile : public testing::Test {
 protected:
  ReplayedFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "replayed_lines_test.XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~ReplayedFile() override { std::filesystem::remove_all(directory_); }

  std::string path_of(const std::string& name) const { return (directory_ / name).string(); }
  std::string written(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_of(name), std::ios::binary) << bytes;
    return path_of(name);
  }

  static std::string refusal(const std::string& path) {
    try {
      ReplayedLines(path, 10);
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
      return error.what();
    }
    ADD_FAILURE() << path;
    return {};
  }

  static constexpr std::uint64_t kNotHeld = 0;

  static std::uint64_t walk(const ReplayedLines& content) {
    std::uint64_t bytes = 0;
    for (const std::string_view line : Lines(content, {0, 1, content.lines()})) bytes += line.size();
    return bytes;
  }

  static std::string complaint(const ReplayedLines& content) {
    try {
      walk(content);
    } catch (const IoError& error) {
      return error.what();
    }
    ADD_FAILURE() << "no complaint";
    return {};
  }

  std::filesystem::path directory_;
};

TEST_F(ReplayedFile, IsRefusedInWordsThatSayWhatToDo) {
  const std::string cannot = "cannot replay the lines of ";
  EXPECT_EQ(refusal(path_of("none")),
            cannot + path_of("none") + ": No such file or directory; give the path of an existing file");
  EXPECT_EQ(refusal(directory_.string()),
            cannot + directory_.string() + ": it is a directory; give one of the files in it");
  EXPECT_EQ(refusal(written("empty", "")),
            cannot + path_of("empty") + ": it is empty; give a file with at least one line");
  EXPECT_EQ(refusal("/dev/zero"), cannot + "/dev/zero: it is a device; copy the lines into a file and give that");
  EXPECT_EQ(refusal(written("file", "a\n") + "/below"),
            cannot + path_of("file") + "/below: Not a directory; give the path of an existing file");
}

TEST_F(ReplayedFile, IsRefusedWhereItCannotBeRead) {
  const std::string path = written("secret", "a\n");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  std::filesystem::permissions(std::filesystem::path(path).parent_path(), std::filesystem::perms::others_exec,
                               std::filesystem::perm_options::add);
  const uid_t self = ::geteuid();
  ASSERT_EQ(::seteuid(self == 0 ? 65534 : self), 0);  // root could read everything
  const std::string complaint = refusal(path);
  ASSERT_EQ(::seteuid(self), 0);
  EXPECT_EQ(complaint,
            "cannot replay the lines of " + path + ": Permission denied; make it readable, or give a copy that is");
}

TEST_F(ReplayedFile, MayBeAPipeWhoseLinesAreReplayedAgainAndAgain) {
  const std::string path = path_of("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const std::string bytes = log_of(50'000, 7);
  std::thread writer([&] { std::ofstream(path, std::ios::binary) << bytes; });
  const ReplayedLines content(path);
  writer.join();
  EXPECT_EQ(content.file_bytes(), bytes.size());
  std::string replayed;
  for (int i = 0; i < 2; ++i) {
    for (const std::string_view line : Lines(content, {0, 1, content.lines()})) replayed += line;
  }
  EXPECT_EQ(replayed, bytes + bytes);
}

TEST_F(ReplayedFile, WithoutLinesIsEmptyAlsoIfItIsAPipe) {
  const std::string path = path_of("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(path, std::ios::binary).flush(); });
  EXPECT_TRUE(refusal(path).ends_with(": it is empty; give a file with at least one line"));
  writer.join();
}

TEST_F(ReplayedFile, MayHaveNoSizeAsTheFilesOfProc) {
  EXPECT_EQ(std::filesystem::file_size("/proc/self/status"), 0u);
  EXPECT_GT(ReplayedLines("/proc/self/status").lines(), 10u);
}

TEST_F(ReplayedFile, CanBeSharedByContentsOfDifferentLengths) {
  const auto file = std::make_shared<LineFile>(written("file", "a\nb\nc\n"));
  EXPECT_EQ(walk(ReplayedLines(file, 2)), 4u);
  EXPECT_EQ(walk(ReplayedLines(file, 7)), 14u);
  EXPECT_EQ(ReplayedLines(file).lines(), 3u);
}

TEST_F(ReplayedFile, MayBeReachedThroughALink) {
  std::filesystem::create_symlink(written("file", "a\nb\n"), path_of("link"));
  EXPECT_EQ(walk(ReplayedLines(path_of("link"), 5)), 10u);
}

TEST_F(ReplayedFile, MayBeReplacedMeanwhile) {
  const ReplayedLines content(written("file", "a\nb\n"), 5);
  written("other", "something else\n");
  std::filesystem::rename(path_of("other"), path_of("file"));
  EXPECT_EQ(walk(content), 10u);
}

TEST_F(ReplayedFile, MustNotChangeMeanwhileUnlessItIsHeld) {
  const std::string log = log_of(20'000, 7);
  const std::string path = written("log", log);
  const std::string changed =
      "replay " + path + " (it has changed meanwhile; replay a copy that nothing writes to) at byte ";
  {
    const ReplayedLines content(path, 20'000, kNotHeld);
    std::ofstream(path, std::ios::app) << "one more\n";
    EXPECT_TRUE(complaint(content).starts_with(changed)) << complaint(content);
  }
  {
    const ReplayedLines held(path, 20'000);
    const ReplayedLines content(path, 20'000, kNotHeld);
    std::filesystem::resize_file(path, 5);
    EXPECT_TRUE(complaint(content).starts_with(changed)) << complaint(content);
    EXPECT_EQ(walk(held), log.size());
  }
  {
    written("log", log);
    const ReplayedLines content(path, 20'000, kNotHeld);
    std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) + std::chrono::seconds(1));
    EXPECT_TRUE(complaint(content).starts_with(changed)) << complaint(content);
  }
}

TEST_F(ReplayedFile, IsFoundChangedByItsLinesEvenWhereSizeAndTimeAreTheSame) {
  const std::string path = written("log", log_of(20'000, 8));
  const ReplayedLines content(path, 20'000, kNotHeld);
  struct stat before {};
  ASSERT_EQ(::stat(path.c_str(), &before), 0);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(200'000);
    file << "\n\n\n\n\n\n\n\n";
  }
  const timespec times[2] = {before.st_atim, before.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  EXPECT_NE(complaint(content).find("it has changed meanwhile"), std::string::npos);
}

TEST_F(ReplayedFile, OfALogIsVerifiedInEveryOrderInAHundredMegabytes) {
  const ReplayedLines content(written("log", log_of(100'000, 9)), 1'130'000);
  const std::string path = path_of("replayed");
  {
    std::ofstream file(path, std::ios::binary);
    for (const std::string_view line : Lines(content, {0, 1, content.lines()})) {
      file.write(line.data(), static_cast<std::streamsize>(line.size()));
    }
  }
  EXPECT_GE(std::filesystem::file_size(path), 100'000'000u);
  EXPECT_EQ(std::filesystem::file_size(path), content.offset_bytes(content.lines()));
  for (const Order order : {Order::kGlobal, Order::kPerWriter, Order::kNone}) {
    const Verification verification = verify(path, content, order, 10);
    EXPECT_TRUE(verification.right);
    EXPECT_FALSE(verification.order_unproven);
  }
}

}  // namespace
}  // namespace writebench::engine
