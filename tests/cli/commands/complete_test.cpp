#include "cli/commands/complete.hpp"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "cli/command_line.hpp"
#include "cli/options/help.hpp"
#include "cli/options/offer.hpp"
#include "strategies/table.hpp"

namespace writebench::cli {
namespace {

// The lines without what they mean.
std::vector<std::string> offered(const std::vector<std::string>& words) {
  CommandLine command_line({"writebench"}, strategies::table());
  std::istringstream lines(completions(command_line.app(), strategies::table(), words));
  std::vector<std::string> found;
  for (std::string line; std::getline(lines, line);) found.push_back(line.substr(0, line.find('\t')));
  return found;
}

using Words = std::vector<std::string>;

bool has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

TEST(Complete, ACommandByItsBegin) {
  EXPECT_EQ(offered({"expl"}), Words{"explain"});
  EXPECT_EQ(offered({"help", "base"}), Words{"baselines"});
  EXPECT_TRUE(has(offered({""}), "advise"));
  EXPECT_TRUE(has(offered({}), "run"));
}

TEST(Complete, TheOptionsOfTheCommandThatWasNamed) {
  EXPECT_TRUE(has(offered({"--str"}), "--strategy"));
  EXPECT_EQ(offered({"show", "--so"}), Words{"--sort"});
  EXPECT_TRUE(offered({"list", "--lines"}).empty());
  EXPECT_EQ(offered({"run", "--lines", "5", "--line"}), (Words{"--line-size", "--line-size-range", "--line-content"}))
      << "what was given is not offered again";
  EXPECT_TRUE(has(offered({"run", "--set", "sync.x=1", "--se"}), "--set")) << "it may stand again";
}

TEST(Complete, WhatIsPassedOnToOthers) {
  const Words of_ab = offered({"ab", "--"});
  for (const char* option : {"--base", "--pairs", "--strategy", "--lines", "--buffer-size"}) {
    EXPECT_TRUE(has(of_ab, option)) << option;
  }
  EXPECT_EQ(offered({"ab", "--file", "over"}), Words{"overwrite"});
}

TEST(Complete, StrategiesAndFamiliesInAListOfThem) {
  EXPECT_EQ(offered({"--strategy", "spdlog-s"}), Words{"spdlog-sync"});
  EXPECT_EQ(offered({"-s", "sync,mm"}), Words{"sync,mmap"});
  EXPECT_EQ(offered({"--strategy=all,^spdlog-a"}), Words{"--strategy=all,^spdlog-async"});
  EXPECT_TRUE(has(offered({"-s", "par"}), "parallel"));
  EXPECT_TRUE(has(offered({"-s", "when"}), "when-durable"));
  EXPECT_TRUE(has(offered({"-s", "python-s"}), "python-sync"));
  const Words all = offered({"-s", ""});
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size()) << "each once";
  for (const Descriptor& strategy : strategies::table()) EXPECT_TRUE(has(all, strategy.name)) << strategy.name;
}

TEST(Complete, TheSettingsOfOneStrategy) {
  EXPECT_TRUE(has(offered({"--set", "group"}), "group-commit."));
  EXPECT_TRUE(has(offered({"--set", "group-commit."}), "group-commit.wait="));
  for (const Descriptor& strategy : strategies::table()) {
    for (const Option* option : strategy.options) {
      const std::string name = strategy.name + "." + std::string(option->name) + "=";
      EXPECT_TRUE(has(offered({"--set", strategy.name + "."}), name)) << name;
      for (const std::string_view word : option->words) {
        EXPECT_TRUE(has(offered({"--set", name}), name + std::string(word))) << name;
      }
    }
  }
}

TEST(Complete, WordsReportsFilesAndDirectories) {
  EXPECT_EQ(offered({"--durability", "b"}), Words{"bytes="});
  EXPECT_EQ(offered({"--durability", "none,c"}), Words{"none,close"});
  EXPECT_EQ(offered({"export", "report.json", "--format", "hyper"}), Words{"hyperfine"});
  EXPECT_EQ(offered({"show", ""}), Words{":files .json"});
  EXPECT_EQ(offered({"compare", "a.json", ""}), Words{":files .json"});
  EXPECT_EQ(offered({"--input", ""}), Words{":files"});
  EXPECT_EQ(offered({"--config", ""}), Words{":files .toml"});
  EXPECT_EQ(offered({"--dir="}), Words{":directories"});
  EXPECT_EQ(offered({"explain", "libuv-a"}), (Words{"libuv-awaited", ":files .json"}));
  EXPECT_TRUE(offered({"--lines", ""}).empty()) << "a number";
}

TEST(Complete, BaselinesOfTheDirectoryThatWasNamed) {
  const std::string directory = testing::TempDir() + "complete-baselines";
  std::filesystem::create_directory(directory);
  for (const char* name : {"main", "mine", "old"}) std::ofstream(directory + "/" + name + ".json") << "{}";
  EXPECT_EQ(offered({"--baseline-dir", directory, "--baseline", "m"}), (Words{"main", "mine"}));
  EXPECT_EQ(offered({"compare", "--baseline-dir=" + directory, "--baseline", "o"}), Words{"old"});
  EXPECT_TRUE(offered({"--baseline-dir", directory + "/none", "--baseline", ""}).empty());
  std::filesystem::remove_all(directory);
}

// A new option says what its values are, or takes a number.
TEST(Complete, EveryOptionThatTakesNoNumber) {
  const std::set<std::string> free{"N",    "B",         "A..B",     "TIME", "N/s",          "P",     "S", "LIST",
                                   "SIZE", "SIZE|TIME", "[NAME=]P", "ID",   "NAME=COMMAND", "PREFIX"};
  CommandLine command_line({"writebench"}, strategies::table());
  std::vector<CLI::App*> commands = command_line.app().get_subcommands([](CLI::App*) { return true; });
  commands.push_back(&command_line.app());
  for (CLI::App* command : commands) {
    for (CLI::Option* option : command->get_options()) {
      if (option->get_expected_min() == 0 || free.contains(option->get_type_name())) continue;
      EXPECT_TRUE(offer_of(*option)) << command_of(*command) << " " << option->get_name() << " "
                                     << option->get_type_name();
    }
  }
}

TEST(Complete, EveryWordThatIsOfferedIsTaken) {
  CommandLine command_line({"writebench"}, strategies::table());
  for (CLI::Option* option : command_line.app().get_options()) {
    const auto offer = offer_of(*option);
    if (!offer || offer->kind != Offer::Kind::kWords) continue;
    for (const std::string& word : offer->words) {
      const std::string value = word.ends_with('=') ? word + "4KiB" : word;
      const std::string typed = "--" + option->get_lnames().front() + "=" + value;
      if (typed == "--suite=origin") continue;  // it starts interpreters
      std::vector<const char*> arguments{"writebench", "--strategy=sync", typed.c_str()};
      if (typed.starts_with("--sync-call")) arguments.push_back("--durability=close");
      EXPECT_NO_THROW(parse_options(static_cast<int>(arguments.size()), arguments.data(), strategies::table()))
          << typed;
    }
  }
}

TEST(Complete, NothingForWhatCannotFollow) {
  EXPECT_TRUE(offered({"show", "--lines=", ""}).size() == 1) << "an option that it does not have is passed over";
  EXPECT_TRUE(offered({"clean", "more", ""}).empty());
  EXPECT_TRUE(offered({"frobnicate", "--frobnicate="}).empty());
}

}  // namespace
}  // namespace writebench::cli
