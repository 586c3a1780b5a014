#include "engine/machine/free_memory.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace writebench::engine {
namespace {

namespace fs = std::filesystem;

// On a machine where the kernel shows this order of what it reports; no value: it knows no such thing.
bool host_takes_free_memory_at(const std::optional<std::string>& order) {
  std::string pattern = testing::TempDir() + "/memory-XXXXXX";
  const fs::path root = ::mkdtemp(pattern.data());
  const fs::path parameters = root / "sys/module/page_reporting/parameters";
  fs::create_directories(parameters);
  if (order) std::ofstream(parameters / "page_reporting_order") << *order << '\n';
  const bool takes = host_takes_free_memory(root);
  fs::remove_all(root);
  return takes;
}

TEST(FreeMemory, IsTakenByTheHostIfABalloonReportsIt) {
  EXPECT_TRUE(host_takes_free_memory_at("9"));   // pages of 2 MiB
  EXPECT_TRUE(host_takes_free_memory_at("0"));   // every page
  EXPECT_TRUE(host_takes_free_memory_at("10"));  // of 4 MiB
}

TEST(FreeMemory, StaysHereIfNobodyReportsIt) {
  EXPECT_FALSE(host_takes_free_memory_at("-1"));
  EXPECT_FALSE(host_takes_free_memory_at("4294967295"));  // -1 as some kernels print it
  EXPECT_FALSE(host_takes_free_memory_at("11"));          // above the largest order, before Linux 6.2
  EXPECT_FALSE(host_takes_free_memory_at("none"));
  EXPECT_FALSE(host_takes_free_memory_at(std::nullopt));
}

}  // namespace
}  // namespace writebench::engine
