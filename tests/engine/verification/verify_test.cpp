#include "engine/verification/verify.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "engine/verification/damage_by_number.hpp"
#include "tests/engine/lines/listed_lines.hpp"
#include "tests/engine/random.hpp"
#include "tests/engine/trial/memory_file.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

using Numbers = std::vector<std::uint64_t>;
using Counts = std::map<std::string, std::uint64_t>;  // of damage, by kind

std::string line_of(std::uint64_t number) { return "line#" + std::to_string(number) + "\n"; }

Numbers in_order(std::uint64_t count) {
  Numbers numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

Strings lines_of(const Numbers& numbers) {
  Strings lines;
  for (const std::uint64_t number : numbers) lines.push_back(line_of(number));
  return lines;
}

Numbers mixed_writers(std::uint64_t count, unsigned writers, Random& random) {
  Numbers next(writers);
  std::iota(next.begin(), next.end(), 0);
  Numbers numbers;
  while (numbers.size() < count) {
    std::uint64_t& number = next[below(random, writers)];
    if (number >= count) continue;
    numbers.push_back(number);
    number += writers;
  }
  return numbers;
}

struct Promise {
  Order order;
  unsigned writers;
};

Numbers right_numbers(const Promise& promise, std::uint64_t count, Random& random) {
  if (promise.order == Order::kPerWriter) return mixed_writers(count, promise.writers, random);
  Numbers numbers = in_order(count);
  if (promise.order == Order::kNone) std::shuffle(numbers.begin(), numbers.end(), random);
  return numbers;
}

Counts counts_of(const std::vector<Damage>& damages) {
  Counts counts;
  for (const Damage& damage : damages) counts[std::string(to_string(damage.kind))] += damage.count;
  return counts;
}

Verification verify_bytes(const std::string& bytes, std::uint64_t lines, const Promise& promise) {
  const MemoryFile file;
  return verify(file.holding(bytes), NumberedLines(lines), promise.order, promise.writers);
}

std::string name_of(const Promise& promise) {
  const std::string order = promise.order == Order::kGlobal      ? "Global"
                            : promise.order == Order::kPerWriter ? "PerWriter"
                                                                 : "None";
  return order + std::to_string(promise.writers);
}

const Promise kPromises[] = {{Order::kGlobal, 1},    {Order::kGlobal, 10},    {Order::kPerWriter, 1},
                             {Order::kPerWriter, 3}, {Order::kPerWriter, 10}, {Order::kNone, 1},
                             {Order::kNone, 3},      {Order::kNone, 10}};

class VerifyEachOrder : public testing::TestWithParam<Promise> {
 protected:
  static constexpr std::uint64_t kLines = 1000;

  Verification check(const std::string& bytes, std::uint64_t lines = kLines) const {
    return verify_bytes(bytes, lines, GetParam());
  }
  Counts damages(const std::string& bytes, std::uint64_t lines = kLines) const {
    const Verification verification = check(bytes, lines);
    EXPECT_EQ(verification.right, verification.damages.empty());
    EXPECT_EQ(verification.file_bytes, bytes.size());
    return counts_of(verification.damages);
  }

  // The kind that a missing line is: the last of its writer could have come at the end.
  std::string missing_kind(std::uint64_t number) const {
    const std::uint64_t step = GetParam().order == Order::kPerWriter ? GetParam().writers : 1;
    return number + step >= kLines ? "truncated" : "lost";
  }

  Random random_{1};
  const Numbers right_ = right_numbers(GetParam(), kLines, random_);
  const std::size_t places_[3] = {0, kLines / 2, kLines - 1};
};

INSTANTIATE_TEST_SUITE_P(Verify, VerifyEachOrder, testing::ValuesIn(kPromises),
                         [](const auto& each) { return name_of(each.param); });

TEST_P(VerifyEachOrder, AcceptsRightFilesOfAnySize) {
  for (const std::uint64_t lines : {0u, 1u, 9u, 10u, 11u, 1000u, 100000u}) {
    const std::string bytes = join(lines_of(right_numbers(GetParam(), lines, random_)));
    const Verification verification = check(bytes, lines);
    EXPECT_TRUE(verification.right) << lines << " lines: " << verification.describe();
    EXPECT_EQ(verification.file_bytes, bytes.size());
    EXPECT_EQ(verification.describe(), "");
  }
}

TEST_P(VerifyEachOrder, FindsALostLine) {
  for (const std::size_t place : places_) {
    Numbers numbers = right_;
    numbers.erase(numbers.begin() + static_cast<std::ptrdiff_t>(place));
    const Verification verification = check(join(lines_of(numbers)));
    EXPECT_EQ(counts_of(verification.damages), (Counts{{missing_kind(right_[place]), 1}}));
    EXPECT_EQ(verification.damages.at(0).first_line, right_[place]);
  }
}

TEST_P(VerifyEachOrder, FindsALineWrittenTwice) {
  for (const std::size_t place : places_) {
    Numbers numbers = right_;
    numbers.insert(numbers.begin() + static_cast<std::ptrdiff_t>(place), numbers[place]);
    const Verification verification = check(join(lines_of(numbers)));
    EXPECT_EQ(counts_of(verification.damages), (Counts{{"doubled", 1}}));
    EXPECT_EQ(verification.damages.at(0).first_line, place + 1);
  }
}

TEST_P(VerifyEachOrder, FindsALineWrittenAgainMuchLater) {
  Numbers numbers = right_;
  numbers.push_back(numbers[3]);
  EXPECT_EQ(damages(join(lines_of(numbers))), (Counts{{"doubled", 1}}));
}

TEST_P(VerifyEachOrder, FindsTwoLinesSwappedWhereOrderMatters) {
  const std::uint64_t step = GetParam().order == Order::kPerWriter ? GetParam().writers : 1;
  const Counts expected = GetParam().order == Order::kNone ? Counts{} : Counts{{"reordered", 1}};
  for (const std::uint64_t number : {std::uint64_t{0}, kLines / 2, kLines - 1 - step}) {
    Numbers numbers = right_;
    std::iter_swap(std::find(numbers.begin(), numbers.end(), number),
                   std::find(numbers.begin(), numbers.end(), number + step));
    EXPECT_EQ(damages(join(lines_of(numbers))), expected) << number;
  }
}

TEST_P(VerifyEachOrder, FindsALineThatLacksBytesInItsMiddle) {
  for (const std::size_t place : places_) {
    Strings lines = lines_of(right_);
    lines[place].erase(3, 2);
    const Verification verification = check(join(lines));
    EXPECT_EQ(counts_of(verification.damages), (Counts{{"torn", 1}, {"lost", 1}}));
    const Damage& torn = verification.damages.at(verification.damages[0].kind == Damage::Kind::kTorn ? 0 : 1);
    EXPECT_EQ(torn.first_line, place);
    EXPECT_EQ(torn.first_offset_bytes,
              join({lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(place)}).size());
  }
}

TEST_P(VerifyEachOrder, FindsALineWithOneByteFlipped) {
  for (const std::size_t place : places_) {
    for (const std::size_t byte : {0u, 4u, 5u}) {
      Strings lines = lines_of(right_);
      lines[place][byte] = static_cast<char>(lines[place][byte] ^ 0x40);
      EXPECT_EQ(damages(join(lines)), (Counts{{"torn", 1}, {"lost", 1}}));
    }
  }
}

TEST_P(VerifyEachOrder, NeverAcceptsAFlippedBit) {
  const std::string right = join(lines_of(right_numbers(GetParam(), 11, random_)));
  for (std::size_t bit = 0; bit < 8 * right.size(); ++bit) {
    std::string bytes = right;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(damages(bytes, 11).empty()) << bit;
  }
}

TEST_P(VerifyEachOrder, FindsALineInASpellingThatIsNotItsOwn) {
  for (const char* line :
       {"line#007\n", "line#+7\n", "line#7\r\n", "line# 7\n", "line#\n", "\n", "Line#7\n", "line#:\n"}) {
    Strings lines = lines_of(right_);
    *std::find(lines.begin(), lines.end(), "line#7\n") = line;
    EXPECT_EQ(damages(join(lines)), (Counts{{"torn", 1}, {"lost", 1}})) << line;
  }
}

TEST_P(VerifyEachOrder, FindsAFileCutAnywhere) {
  // Without an order a cut between lines looks like a loss, unless the last lines are also those with the greatest
  // numbers.
  const Promise& promise = GetParam();
  const Strings lines = lines_of(promise.order == Order::kNone ? in_order(25) : right_numbers(promise, 25, random_));
  const std::string right = join(lines);
  for (std::size_t bytes = 0; bytes < right.size(); ++bytes) {
    const std::string cut = right.substr(0, bytes);
    const auto whole = static_cast<std::uint64_t>(std::count(cut.begin(), cut.end(), '\n'));
    const Verification verification = check(cut, 25);
    EXPECT_EQ(counts_of(verification.damages), (Counts{{"truncated", 25 - whole}})) << bytes;
    EXPECT_EQ(verification.damages.at(0).first_offset_bytes, cut.rfind('\n') + 1) << bytes;
  }
}

TEST_P(VerifyEachOrder, FindsTheLastNewlineMissing) {
  const std::string right = join(lines_of(right_));
  EXPECT_EQ(damages(right.substr(0, right.size() - 1)), (Counts{{"truncated", 1}}));
}

TEST_P(VerifyEachOrder, FindsGarbageAfterTheEnd) {
  const std::string right = join(lines_of(right_));
  const Strings garbages = {"x",
                            "x\n",
                            "\n",
                            "line#",
                            "a\nb\nc",
                            std::string(4096, '\0'),
                            std::string(1 << 20, 'x'),
                            line_of(kLines) + line_of(kLines + 1)};
  for (const std::string& garbage : garbages) {
    const Verification verification = check(right + garbage);
    EXPECT_EQ(counts_of(verification.damages), (Counts{{"trailing garbage", garbage.size()}}));
    EXPECT_EQ(verification.damages.at(0).first_offset_bytes, right.size());
    EXPECT_EQ(verification.damages.at(0).first_line, kLines);
    EXPECT_EQ(damages(garbage, 0), (Counts{{"trailing garbage", garbage.size()}}));
  }
}

TEST_P(VerifyEachOrder, FindsAHoleOfNulsInTheMiddle) {
  const Strings lines = lines_of(right_);
  std::string bytes = join(lines);
  const std::size_t from = join({lines.begin(), lines.begin() + 400}).size();
  const std::size_t to = join({lines.begin(), lines.begin() + 600}).size();
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(from + 2), to - from - 4, '\0');
  EXPECT_EQ(damages(bytes), (Counts{{"torn", 1}, {"lost", 200}}));
}

TEST_P(VerifyEachOrder, FindsAHoleOfNulsAtTheEnd) {
  const Strings lines = lines_of(right_);
  const std::string bytes = join({lines.begin(), lines.begin() + 900});
  EXPECT_EQ(damages(bytes + std::string(1000, '\0')), (Counts{{"torn", 1}, {"lost", 100}}));
}

TEST_P(VerifyEachOrder, FindsTheSameInManyPasses) {
  const MemoryFile file;
  for (int round = 0; round < 50; ++round) {
    Numbers numbers = right_;
    numbers.erase(numbers.begin() + static_cast<std::ptrdiff_t>(below(random_, 900)));
    numbers.insert(numbers.begin() + static_cast<std::ptrdiff_t>(below(random_, 900)), below(random_, kLines));
    std::swap(numbers[below(random_, 900)], numbers[below(random_, 900)]);
    std::string bytes = join(lines_of(numbers));
    bytes[below(random_, bytes.size())] = 'x';
    bytes.resize(bytes.size() - below(random_, 100));
    BlockReader reader(file.holding(bytes), 9, {});
    const NumberedLines content(kLines);
    const auto in_one = find_damage(reader, content, GetParam().order, GetParam().writers);
    const auto in_many = find_damage(reader, content, GetParam().order, GetParam().writers, 70);
    ASSERT_EQ(in_one.size(), in_many.size());
    for (std::size_t i = 0; i < in_one.size(); ++i) {
      EXPECT_EQ(in_one[i].kind, in_many[i].kind);
      EXPECT_EQ(in_one[i].count, in_many[i].count);
      EXPECT_EQ(in_one[i].first_line, in_many[i].first_line);
      EXPECT_EQ(in_one[i].first_offset_bytes, in_many[i].first_offset_bytes);
    }
  }
}

// What the promises mean, said in another way than verify() does.
bool keeps(const Promise& promise, const std::string& bytes, std::uint64_t lines) {
  if (promise.order == Order::kGlobal) return bytes == join(lines_of(in_order(lines)));
  Strings found;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size() - 1) + 1;
    found.push_back(bytes.substr(at, end - at));
    at = end;
  }
  Strings wanted = lines_of(in_order(lines));
  if (promise.order == Order::kPerWriter) {
    std::map<std::string, std::uint64_t> writer_of;
    for (std::uint64_t number = 0; number < lines; ++number) writer_of[wanted[number]] = number % promise.writers;
    if (std::any_of(found.begin(), found.end(), [&](auto& line) { return !writer_of.contains(line); })) return false;
    const auto by_writer = [&](auto& a, auto& b) { return writer_of[a] < writer_of[b]; };
    std::stable_sort(found.begin(), found.end(), by_writer);
    std::stable_sort(wanted.begin(), wanted.end(), by_writer);
  } else {
    std::sort(found.begin(), found.end());
    std::sort(wanted.begin(), wanted.end());
  }
  return found == wanted;
}

// One fault somewhere: bytes changed, cut out, put in, copied or exchanged. Now and then the file is as right as
// before.
std::string damaged(std::string bytes, Random& random) {
  const std::size_t from = below(random, bytes.size());
  const std::size_t to = below(random, bytes.size());
  const std::size_t count = 1 + below(random, std::min<std::size_t>(bytes.size() - std::max(from, to), 30));
  switch (below(random, 6)) {
    case 0: bytes[from] = static_cast<char>(below(random, 256)); return bytes;
    case 1: return bytes.erase(from, count);
    case 2: return bytes.insert(from, count, '\0');
    case 3: return bytes.insert(to, bytes.substr(from, count));
    case 4: return bytes.replace(to, count, bytes.substr(from, count));
    default: break;
  }
  const auto start = [&](std::size_t at) { return bytes.find('\n', at) == bytes.npos ? 0 : bytes.find('\n', at) + 1; };
  const auto a = bytes.begin() + static_cast<std::ptrdiff_t>(std::min(start(from), start(to)));
  const auto b = bytes.begin() + static_cast<std::ptrdiff_t>(std::max(start(from), start(to)));
  std::rotate(a, b, bytes.end());
  return bytes;
}

TEST_P(VerifyEachOrder, AcceptsAnyRightMixtureAndNoRandomFault) {
  for (int round = 0; round < 300; ++round) {
    const std::uint64_t lines = 1 + below(random_, round % 10 == 0 ? 3000 : 60);
    const std::string right = join(lines_of(right_numbers(GetParam(), lines, random_)));
    EXPECT_TRUE(check(right, lines).right) << round;
    const std::string wrong = damaged(right, random_);
    const bool is_right = keeps(GetParam(), wrong, lines);
    const Verification verification = check(wrong, lines);
    EXPECT_EQ(verification.right, is_right) << round;
    EXPECT_EQ(verification.damages.empty(), is_right) << round;
    EXPECT_EQ(verification.describe().empty(), is_right) << round;
    EXPECT_TRUE(
        std::is_sorted(verification.damages.begin(), verification.damages.end(),
                       [](const Damage& a, const Damage& b) { return a.first_offset_bytes < b.first_offset_bytes; }));
  }
}

TEST_P(VerifyEachOrder, FindsOneFaultInAFileOfManyBlocks) {
  const std::uint64_t lines = 100000;
  const std::string right = join(lines_of(right_numbers(GetParam(), lines, random_)));
  for (int round = 0; round < 10; ++round) {
    const std::size_t start = right.find('\n', below(random_, right.size() / 2)) + 1;
    const std::size_t end = right.find('\n', start) + 1;
    std::string doubled = right;
    EXPECT_EQ(damages(doubled.insert(start, right.substr(start, end - start)), lines), (Counts{{"doubled", 1}}));
    std::string torn = right;
    torn[start + 1] = '\0';
    EXPECT_EQ(damages(torn, lines), (Counts{{"torn", 1}, {"lost", 1}}));
  }
}

// Some of them longer than a block.
Strings irregular_lines(Random& random) {
  Strings lines;
  for (const std::size_t bytes : {0u, 1u, 63u, 64u, 65u, 8192u, 262143u, 262144u, 700000u, 2u, 100u, 300000u, 5u}) {
    std::string line(bytes, ' ');
    for (char& c : line) c = static_cast<char>(below(random, 256));
    std::replace(line.begin(), line.end(), '\n', '\0');
    lines.push_back(line + "\n");
  }
  return lines;
}

TEST_P(VerifyEachOrder, TakesLinesOfAnyBytesAndLengths) {
  const MemoryFile file;
  const Strings lines = irregular_lines(random_);
  const ListedLines content(lines);
  const auto damages_in = [&](const std::string& bytes) {
    return counts_of(verify(file.holding(bytes), content, GetParam().order, GetParam().writers).damages);
  };
  const std::string right = join(lines);
  EXPECT_EQ(damages_in(right), Counts{});
  EXPECT_EQ(damages_in(right + std::string(3'000'000, 'x')), (Counts{{"trailing garbage", 3'000'000}}));
  EXPECT_EQ(damages_in(right + right.substr(0, 1)), (Counts{{"doubled", 1}}));
  for (const std::size_t line : {0u, 5u, 8u, 12u}) {
    Strings torn = lines;
    torn[line].insert(0, 1'000'000, 'y');
    EXPECT_EQ(damages_in(join(torn)), (Counts{{"torn", 1}, {"lost", 1}})) << line;
  }
}

TEST(Verify, SaysWhereALostLineShouldHaveStood) {
  Strings lines = lines_of(in_order(1000));
  lines.erase(lines.begin() + 17, lines.begin() + 19);
  const Verification lost = verify_bytes(join(lines), 1000, {Order::kGlobal, 1});
  EXPECT_EQ(lost.describe(), "2 lines lost, the first line 17 (byte 126)");
  lines = lines_of(in_order(1000));
  lines[17] = "li\n";
  const Verification torn = verify_bytes(join(lines), 1000, {Order::kPerWriter, 3});
  EXPECT_EQ(torn.describe(), "1 line lost, line 17 (byte 126); 1 line torn, line 17 (byte 126)");
}

TEST(Verify, DescribesAllDamagesByOffset) {
  Strings lines = lines_of(in_order(100));
  std::swap(lines[2], lines[3]);
  lines.insert(lines.begin() + 50, lines[10]);
  lines[70] = "torn\n";
  const Verification verification = verify_bytes(join(lines) + "garbage", 100, {Order::kGlobal, 1});
  EXPECT_EQ(verification.describe(),
            "1 line reordered, line 3 (byte 21); 1 line doubled, line 50 (byte 390); 1 line lost, line 69 (byte 550); "
            "1 line torn, line 70 (byte 550); 7 bytes of trailing garbage from byte 795 on");
  EXPECT_EQ(verify_bytes("line#0\n", 3, {Order::kGlobal, 1}).describe(),
            "2 lines truncated, the first line 1 (byte 7)");
}

TEST(Verify, CountsTheLinesOfABlockThatWasMovedBack) {
  Numbers numbers = in_order(1000);
  std::rotate(numbers.begin() + 100, numbers.begin() + 120, numbers.begin() + 900);
  EXPECT_EQ(counts_of(verify_bytes(join(lines_of(numbers)), 1000, {Order::kGlobal, 1}).damages),
            (Counts{{"reordered", 20}}));
}

TEST(Verify, MixesWritersOnlyWhereNoOrderAmongThemIsPromised) {
  const std::string mixed = join(lines_of({1, 0, 3, 2}));
  EXPECT_TRUE(verify_bytes(mixed, 4, {Order::kPerWriter, 2}).right);
  EXPECT_FALSE(verify_bytes(mixed, 4, {Order::kPerWriter, 1}).right);
  EXPECT_FALSE(verify_bytes(mixed, 4, {Order::kGlobal, 2}).right);
  EXPECT_TRUE(verify_bytes(mixed, 4, {Order::kNone, 1}).right);
}

TEST(Verify, TakesNothingButAnEmptyFileWhereNothingWasToBeWritten) {
  EXPECT_TRUE(verify_bytes("", 1000, {Order::kNothing, 1}).right);
  const Verification verification = verify_bytes("line#0\nline#1\n", 1000, {Order::kNothing, 1});
  EXPECT_FALSE(verification.right);
  EXPECT_EQ(verification.describe(), "14 bytes of trailing garbage from byte 0 on");
}

TEST(Verify, StopsWhenAskedTo) {
  const MemoryFile file;
  const NumberedLines content(500'000);
  const std::string& path = file.holding(join(lines_of(in_order(500'000))));
  for (const Order order : {Order::kGlobal, Order::kPerWriter, Order::kNone}) {
    int asked = 0;
    EXPECT_TRUE(verify(path, content, order, 10, [&] { return ++asked < 0; }).right);
    EXPECT_GE(asked, 5);  // 5.6 MiB
    EXPECT_LE(asked, 7);
    for (const int yes_at : {1, 3, asked}) {
      int times = 0;
      const Verification verification = verify(path, content, order, 10, [&] { return ++times >= yes_at; });
      EXPECT_TRUE(verification.stopped);
      EXPECT_FALSE(verification.right);
      EXPECT_TRUE(verification.damages.empty());
      EXPECT_EQ(times, yes_at);
    }
  }
}

TEST(Verify, StopsWhileItLooksForDamage) {
  const MemoryFile file;
  const std::string& path = file.holding("x\n" + join(lines_of(in_order(500'000))));
  int times = 0;
  const Verification verification =
      verify(path, NumberedLines(500'001), Order::kGlobal, 1, [&] { return ++times >= 4; });
  EXPECT_TRUE(verification.stopped);
  EXPECT_TRUE(verification.damages.empty());
}

TEST(Verify, SaysWhereTheOrderOfEqualLinesCouldNotBeProven) {
  Random random(7);
  Strings lines;
  for (int i = 0; i < 3000; ++i) lines.push_back(below(random, 2) == 0 ? "0\n" : "1\n");
  const ListedLines content(lines);
  const MemoryFile file;
  Strings mixed;
  for (const std::uint64_t number : mixed_writers(3000, 20, random)) mixed.push_back(lines[number]);
  const Verification unproven = verify(file.holding(join(mixed)), content, Order::kPerWriter, 20);
  EXPECT_TRUE(unproven.right);
  EXPECT_TRUE(unproven.order_unproven);
  EXPECT_EQ(unproven.describe(), "");
  const Verification in_order = verify(file.holding(join(lines)), content, Order::kPerWriter, 20);
  EXPECT_TRUE(in_order.right);
  EXPECT_FALSE(in_order.order_unproven);
  mixed[2000] = mixed[2000] == "0\n" ? "1\n" : "0\n";
  const Verification wrong = verify(file.holding(join(mixed)), content, Order::kPerWriter, 20);
  EXPECT_FALSE(wrong.right);
  EXPECT_FALSE(wrong.order_unproven);
  EXPECT_EQ(counts_of(wrong.damages), (Counts{{"doubled", 1}, {"lost", 1}}));
}

TEST(Verify, LetsEqualLinesOfDifferentWritersStandForEachOther) {
  const ListedLines content({"a\n", "b\n", "b\n", "a\n"});
  const MemoryFile file;
  const auto is_right = [&](const std::string& bytes, Order order) {
    return verify(file.holding(bytes), content, order, 2).right;
  };
  for (const char* right : {"a\nb\nb\na\n", "b\na\na\nb\n", "a\nb\na\nb\n", "b\na\nb\na\n"}) {
    EXPECT_TRUE(is_right(right, Order::kPerWriter)) << right;
    EXPECT_TRUE(is_right(right, Order::kNone)) << right;
    EXPECT_EQ(is_right(right, Order::kGlobal), right == std::string("a\nb\nb\na\n")) << right;
  }
  for (const char* wrong : {"a\na\nb\nb\n", "b\nb\na\na\n"}) {
    EXPECT_FALSE(is_right(wrong, Order::kPerWriter)) << wrong;
    EXPECT_TRUE(is_right(wrong, Order::kNone)) << wrong;
  }
  for (const Order order : {Order::kGlobal, Order::kPerWriter, Order::kNone}) {
    for (const char* wrong : {"", "a\nb\nb\n", "a\nb\nb\na", "a\nb\nb\na\na\n", "a\nb\na\na\n", "\n"}) {
      EXPECT_FALSE(is_right(wrong, order)) << wrong;
    }
  }
}

TEST(Verify, NamesTheFileThatCannotBeRead) {
  for (const char* path : {"/nonexistent/file", "/"}) {
    try {
      verify(path, NumberedLines(1), Order::kGlobal, 1);
      ADD_FAILURE() << path;
    } catch (const IoError& error) {
      EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    }
  }
}

TEST(Verify, KnowsEachLineByItsNumberAndNoOther) {
  const std::uint64_t most = 12'345'678'901'234'567'890u;
  const NumberedLines content(most);
  for (std::uint64_t power = 1; power < most / 10; power *= 10) {
    for (std::uint64_t number = power > 1 ? power - 2 : 0; number < power + 3; ++number) {
      EXPECT_EQ(content.number_of(line_of(number)), number);
      EXPECT_FALSE(NumberedLines(number).number_of(line_of(number)));
      EXPECT_FALSE(content.number_of("line#0" + std::to_string(number) + "\n"));
      std::string line = line_of(number);
      for (std::size_t byte = 5; byte + 1 < line.size(); ++byte) {
        for (const char wrong : {'\0', '\n', ' ', '/', ':', '?', 'p', '\xb5', '\xff'}) {
          std::string bad = line;
          bad[byte] = wrong;
          EXPECT_FALSE(content.number_of(bad)) << bad;
        }
      }
    }
  }
  for (const char* none : {"", "\n", "line#", "line#\n", "line#1", "ine#1\n", "line#99999999999999999999999\n"}) {
    EXPECT_FALSE(content.number_of(none)) << none;
  }
}

// Files of a file per writer, each in memory, with what each of them holds.
class FilePerWriter : public testing::Test {
 protected:
  static constexpr unsigned kWriters = 3;
  static constexpr Contract kContract{.order = Order::kPerWriter, .layout = Layout::kFilePerWriter};

  Strings share(unsigned writer, std::uint64_t lines) const {
    Strings share;
    for (std::uint64_t number = writer; number < lines; number += kWriters) share.push_back(line_of(number));
    return share;
  }

  Verification check(const std::vector<Strings>& files, const Content& content,
                     const Contract& contract = kContract) const {
    std::deque<MemoryFile> memory;
    Strings paths;
    std::vector<int> descriptors;
    for (const Strings& lines : files) {
      paths.push_back(memory.emplace_back().holding(join(lines)));
      descriptors.push_back(std::stoi(paths.back().substr(paths.back().rfind('/') + 1)));
    }
    return verify({paths, descriptors}, content, contract, kWriters);
  }

  std::string fault(const std::vector<Strings>& files) const {
    const Verification verification = check(files, NumberedLines(100));
    EXPECT_FALSE(verification.right);
    return verification.describe();
  }

  std::vector<Strings> right_{share(0, 100), share(1, 100), share(2, 100)};
};

TEST_F(FilePerWriter, AcceptsTheStridedSharesOfAnyNumberOfLines) {
  for (const std::uint64_t lines : {0u, 1u, 2u, 3u, 4u, 100u, 100'000u}) {
    const Verification verification = check({share(0, lines), share(1, lines), share(2, lines)}, NumberedLines(lines));
    EXPECT_TRUE(verification.right) << lines << ": " << verification.describe();
    EXPECT_EQ(verification.file_bytes, NumberedLines(lines).offset_bytes(lines));
  }
}

TEST_F(FilePerWriter, NamesTheFileAndTheLineOfTheJob) {
  right_[1].erase(right_[1].begin() + 3);
  right_[2][4] = "li\n";
  EXPECT_EQ(
      fault(right_),
      "file 1: 1 line lost, line 10 (byte 21); file 2: 1 line lost, line 14 (byte 29); file 2: 1 line torn, line 4 "
      "(byte 29)");
}

TEST_F(FilePerWriter, TellsALineOfAnotherWriterFromATornOne) {
  right_[0].insert(right_[0].begin() + 2, line_of(4));
  right_[1].erase(right_[1].begin() + 1);
  EXPECT_EQ(fault(right_), "file 0: 1 line misplaced, line 2 (byte 14); file 1: 1 line lost, line 4 (byte 7)");
}

TEST_F(FilePerWriter, WantsEachShareInOrder) {
  std::swap(right_[2][0], right_[2][1]);
  EXPECT_EQ(fault(right_), "file 2: 1 line reordered, line 1 (byte 7)");
}

TEST_F(FilePerWriter, WantsEachFileForItself) {
  std::swap(right_[0], right_[1]);
  EXPECT_NE(fault(right_).find("file 0: 34 lines truncated"), std::string::npos) << fault(right_);
}

TEST_F(FilePerWriter, ComparesLinesThatAreEqualByteForByte) {
  const ListedLines content({"a\n", "b\n", "c\n", "a\n", "b\n", "c\n"});
  EXPECT_TRUE(check({{"a\n", "a\n"}, {"b\n", "b\n"}, {"c\n", "c\n"}}, content).right);
  const Verification wrong = check({{"a\n", "a\n"}, {"c\n", "c\n"}, {"b\n", "b\n"}}, content);
  EXPECT_FALSE(wrong.right);
  EXPECT_EQ(wrong.describe().rfind("file 1: ", 0), 0u) << wrong.describe();
}

TEST_F(FilePerWriter, IsEmptyIfNothingIsWritten) {
  const Contract nothing{.order = Order::kNothing, .layout = Layout::kFilePerWriter};
  EXPECT_TRUE(check({{}, {}, {}}, NumberedLines(100), nothing).right);
  EXPECT_EQ(check({{}, {"x\n"}, {}}, NumberedLines(100), nothing).describe(),
            "file 1: 2 bytes of trailing garbage from byte 0 on");
}

TEST(Verify, SeesThatTheFileOfTheTrialWasRemovedOrReplaced) {
  const std::string directory = testing::TempDir();
  const std::string path = directory + "/writebench-verify-" + std::to_string(::getpid());
  const auto check = [&](const std::function<void()>& meanwhile) {
    std::ofstream(path) << line_of(0);
    const Strings paths{path};
    const std::vector<int> descriptors{::open(path.c_str(), O_RDONLY)};
    meanwhile();
    const Verification verification = verify({paths, descriptors}, NumberedLines(1), Contract{}, 1);
    ::close(descriptors[0]);
    ::unlink(path.c_str());
    EXPECT_EQ(verification.right, verification.damages.empty());
    return verification.describe();
  };
  EXPECT_EQ(check([] {}), "");
  EXPECT_EQ(check([&] { ::unlink(path.c_str()); }), "the file was removed during the trial");
  EXPECT_EQ(check([&] {
              ::unlink(path.c_str());
              std::ofstream(path) << line_of(0);
            }),
            "another file was put in its place during the trial");
}

}  // namespace
}  // namespace writebench::engine
