#include "engine/verification/damage_by_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "engine/verification/verify.hpp"
#include "tests/engine/lines/listed_lines.hpp"
#include "tests/engine/random.hpp"
#include "tests/engine/trial/memory_file.hpp"

namespace writebench::engine {
namespace {

using Counts = std::map<std::string, std::uint64_t>;

// Like a log: every third line is empty, every tenth one of a few, the others all different.
Strings log_of(std::uint64_t lines) {
  Strings log;
  for (std::uint64_t i = 0; i < lines; ++i) {
    log.push_back(i % 3 == 1    ? "\n"
                  : i % 10 == 5 ? "warning " + std::to_string(i % 7) + "\n"
                                : "line " + std::to_string(i) + "\n");
  }
  return log;
}

Verification check(const std::string& bytes, const Strings& job, Order order, unsigned writers = 4) {
  const MemoryFile file;
  return verify(file.holding(bytes), ListedLines(job), order, writers);
}

class DamageByText : public testing::TestWithParam<Order> {
 protected:
  Verification check(const std::string& bytes) const { return engine::check(bytes, job_, GetParam()); }
  std::string damages(const std::string& bytes) const {
    const Verification verification = check(bytes);
    EXPECT_FALSE(verification.right);
    EXPECT_FALSE(verification.damages.empty());
    return verification.describe();
  }
  std::size_t offset_of(std::size_t line) const {
    return join({job_.begin(), job_.begin() + static_cast<std::ptrdiff_t>(line)}).size();
  }
  bool is_ordered() const { return GetParam() != Order::kNone; }
  // Where the first wrong thing is, or where without an order one can know of it.
  std::string byte_of(std::size_t line, std::size_t end) const {
    return "(byte " + std::to_string(is_ordered() ? offset_of(line) : end) + ")";
  }

  const Strings job_ = log_of(300);
  const std::string right_ = join(job_);
};

INSTANTIATE_TEST_SUITE_P(Each, DamageByText, testing::Values(Order::kGlobal, Order::kPerWriter, Order::kNone),
                         [](const auto& each) {
                           return std::string(each.param == Order::kGlobal      ? "Global"
                                              : each.param == Order::kPerWriter ? "PerWriter"
                                                                                : "None");
                         });

TEST_P(DamageByText, IsNoneWhereTheFileIsRight) {
  const Verification verification = check(right_);
  EXPECT_TRUE(verification.right);
  EXPECT_FALSE(verification.order_unproven);
  EXPECT_EQ(verification.describe(), "");
  EXPECT_TRUE(engine::check("", {}, GetParam()).right);
}

TEST_P(DamageByText, IsALineLost) {
  Strings lines = job_;
  lines.erase(lines.begin() + 14);
  // Of a writer one knows when its next one comes.
  const std::size_t seen_at = GetParam() == Order::kPerWriter ? 18 : 15;
  const std::string byte = std::to_string((is_ordered() ? offset_of(seen_at) : right_.size()) - job_[14].size());
  EXPECT_EQ(damages(join(lines)), "1 line lost, line 14 (byte " + byte + ")");
}

TEST_P(DamageByText, IsOneOfManyEqualLinesLost) {
  Strings lines = job_;
  lines.erase(lines.begin() + 199);  // an empty one
  const Verification verification = check(join(lines));
  ASSERT_EQ(verification.damages.size(), 1u);
  const Damage& damage = verification.damages[0];
  EXPECT_EQ(damage.count, 1u);
  EXPECT_EQ(job_[damage.first_line], "\n");
  if (GetParam() == Order::kGlobal) {
    EXPECT_EQ(damage.kind, Damage::Kind::kLost);
    EXPECT_EQ(damage.first_line, 199u);
  }
}

TEST_P(DamageByText, IsALineTwice) {
  Strings lines = job_;
  lines.insert(lines.begin() + 100, lines[14]);
  EXPECT_EQ(damages(join(lines)), "1 line doubled, line 100 (byte " + std::to_string(offset_of(100)) + ")");
  EXPECT_EQ(damages(right_ + job_[14]), "1 line doubled, line 300 (byte " + std::to_string(right_.size()) + ")");
}

TEST_P(DamageByText, IsALineTorn) {
  Strings lines = job_;
  lines[14] = "li\n";
  const std::size_t end = right_.size() - job_[14].size() + 3;
  const std::string torn = "1 line torn, line 14 (byte " + std::to_string(offset_of(14)) + ")";
  const std::string lost = "1 line lost, line 14 " + byte_of(14, end);
  EXPECT_EQ(damages(join(lines)), is_ordered() ? lost + "; " + torn : torn + "; " + lost);
}

TEST_P(DamageByText, IsGarbageAfterTheEnd) {
  for (const std::string& garbage : {std::string("x"), std::string("x\n"), std::string("a\nb\nc"),
                                     std::string(5000, '\0'), std::string(1'000'000, 'x'), std::string("line 3")}) {
    EXPECT_EQ(damages(right_ + garbage), std::to_string(garbage.size()) + (garbage.size() == 1 ? " byte" : " bytes") +
                                             " of trailing garbage from byte " + std::to_string(right_.size()) + " on");
  }
}

TEST_P(DamageByText, IsAFileCutAnywhere) {
  for (std::size_t bytes = 0; bytes < right_.size(); bytes += 1 + bytes % 31) {
    const std::string cut = right_.substr(0, bytes);
    const auto whole = static_cast<std::uint64_t>(std::count(cut.begin(), cut.end(), '\n'));
    const Verification verification = check(cut);
    ASSERT_EQ(verification.damages.size(), 1u) << bytes << ": " << verification.describe();
    const Damage& damage = verification.damages[0];
    EXPECT_EQ(damage.kind, Damage::Kind::kTruncated) << bytes;
    EXPECT_EQ(damage.count, 300 - whole);
    EXPECT_EQ(damage.first_offset_bytes, cut.rfind('\n') + 1);
    if (GetParam() == Order::kGlobal) {
      EXPECT_EQ(damage.first_line, whole) << bytes;
    }
    EXPECT_LE(damage.first_line, whole) << bytes;  // one of equal lines before that may be the one that lacks
  }
}

TEST_P(DamageByText, IsTheWrongOrderWhereThatMatters) {
  Strings lines = job_;
  std::swap(lines[14], lines[18]);  // of one of four writers
  if (!is_ordered()) {
    EXPECT_TRUE(check(join(lines)).right);
  } else {
    EXPECT_EQ(damages(join(lines)), "at least 1 line reordered, line 14 (byte " + std::to_string(offset_of(14)) + ")");
  }
}

TEST_P(DamageByText, IsCountedAsFarAsThereIsRoom) {
  Strings job;
  Strings lines;
  for (int i = 0; i < 20'000; ++i) {
    job.push_back("line " + std::to_string(i) + "\n");
    lines.push_back("wrong " + std::to_string(i) + "\n");
  }
  job.push_back(job.front());
  const ListedLines content(job);
  const MemoryFile memory;
  BlockReader file(memory.holding(join(lines)), 20, {});
  const std::vector<Damage> all = find_damage_by_text(file, content, GetParam(), 4);
  ASSERT_EQ(all.size(), 2u);
  for (const Damage& damage : all) {
    EXPECT_EQ(damage.count, damage.kind == Damage::Kind::kTorn ? 20'000u : 20'001u);
    EXPECT_FALSE(damage.at_least);
  }
  const std::vector<Damage> some = find_damage_by_text(file, content, GetParam(), 4, 1000);
  ASSERT_EQ(some.size(), 2u);
  for (const Damage& damage : some) {
    EXPECT_TRUE(damage.at_least);
    EXPECT_GE(damage.count, 100u);
    EXPECT_LE(damage.count, 1000u);
  }
}

TEST_P(DamageByText, IsAlwaysFoundWhereRandomFaultsAre) {
  Random random(1);
  for (int round = 0; round < 300; ++round) {
    const Strings job = log_of(1 + random() % 60);
    std::string bytes = join(job);
    const std::size_t at = random() % bytes.size();
    const std::size_t count = 1 + random() % 20;
    switch (random() % 4) {
      case 0: bytes[at] = static_cast<char>(random() % 256); break;
      case 1: bytes.erase(at, count); break;
      case 2: bytes.insert(at, bytes.substr(random() % bytes.size(), count)); break;
      default: bytes.insert(at, count, '\0');
    }
    const Verification verification = engine::check(bytes, job, GetParam(), 3);
    EXPECT_EQ(verification.right, verification.damages.empty());
    if (bytes.size() != join(job).size()) {
      EXPECT_FALSE(verification.right);
    }
    EXPECT_TRUE(
        std::is_sorted(verification.damages.begin(), verification.damages.end(),
                       [](const Damage& a, const Damage& b) { return a.first_offset_bytes < b.first_offset_bytes; }));
  }
}

TEST_P(DamageByText, IsNotLookedForOnceStopped) {
  const MemoryFile file;
  const Strings job = log_of(60'000);
  const std::string& path = file.holding("x\n" + join(job));
  int asked = 0;
  verify(path, ListedLines(job), GetParam(), 4, [&] { return ++asked < 0; });
  for (int yes_at = 1; yes_at <= asked; ++yes_at) {
    int times = 0;
    const Verification verification = verify(path, ListedLines(job), GetParam(), 4, [&] { return ++times >= yes_at; });
    EXPECT_TRUE(verification.stopped);
    EXPECT_FALSE(verification.right);
    EXPECT_TRUE(verification.damages.empty());
  }
}

}  // namespace
}  // namespace writebench::engine
