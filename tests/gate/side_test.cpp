#include "gate/side.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "reports/json.hpp"
#include "tests/gate/made_up.hpp"

namespace writebench::gate {
namespace {

namespace fs = std::filesystem;

/// A shell script of the running test's own in a directory of its own, removed with this object.
class ScriptTest : public testing::Test {
 protected:
  ScriptTest() {
    directory_ = testing::TempDir() + "writebench-contender-XXXXXX";
    if (::mkdtemp(directory_.data()) == nullptr) throw std::runtime_error("mkdtemp");
  }
  ~ScriptTest() override { fs::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  ProgramSide script(const std::string& text, std::vector<std::string> options = {}) const {
    std::ofstream(path("program")) << "#!/bin/sh\ncd " << directory_ << "\n" << text << "\n";
    ::chmod(path("program").c_str(), 0755);
    return {"--base", path("program"), std::move(options)};
  }

  void answer(const std::string& name, reports::Report report) const {
    report.complete = false;
    std::ofstream(path(name)) << reports::to_json(report);
  }

  static engine::Sample trial(ProgramSide side) { return side.run({.cell = tests::cell_of("sync")}, {})->sample; }

  std::string arguments() const {
    std::ifstream file(path("arguments"));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static std::string refusal(const std::function<void()>& call) {
    try {
      call();
    } catch (const SideError& error) {
      return error.what();
    }
    return "no refusal";
  }

  std::string directory_;
};

TEST_F(ScriptTest, GivesTheCellsAndATrial) {
  answer("cells", tests::report_of({tests::cell_of("sync"), tests::cell_of("buffered")}));
  ProgramSide side = script("cat cells", {"--lines", "5 "});
  EXPECT_EQ(side.cells().cells.size(), 2u);
  answer("one", tests::report_of({tests::cell_of("sync", {1234})}));
  script("printf '[%s]' \"$@\" >arguments; cat one");
  EXPECT_EQ(trial(side).time_ns(), 1234);
  EXPECT_EQ(arguments(), "[trial][--lines][5 ][--cell][sync]");
  side.run({.cell = tests::cell_of("sync"), .observe = true}, {});
  EXPECT_EQ(arguments(), "[trial][--lines][5 ][--observe][--cell][sync]");
}

TEST_F(ScriptTest, AFailedTrialIsAnAnswer) {
  engine::Cell cell = tests::cell_of("sync");
  cell.add(tests::failed_sample(engine::Outcome::kIncorrect, "1 line lost"));
  answer("one", tests::report_of({cell}));
  const engine::Sample sample = trial(script("cat one; exit 1"));
  EXPECT_EQ(sample.outcome, engine::Outcome::kIncorrect);
  EXPECT_EQ(sample.detail, "1 line lost");
}

TEST_F(ScriptTest, ATrialIsGivenUpWhenItIsToldTo) {
  ProgramSide side = script("touch began; exec sleep 100");
  EXPECT_FALSE(side.run({.cell = tests::cell_of("sync")}, [&] { return !fs::exists(path("began")); }));
}

TEST_F(ScriptTest, WhatCannotBeRunIsRefused) {
  std::ofstream(path("text")) << "no program";
  for (const std::string& program : {path("missing"), path("text"), directory_, std::string("no-such-program")}) {
    const std::string said = refusal([&] { ProgramSide("--head", program, {}).cells(); });
    EXPECT_TRUE(said.starts_with("--head '" + program + "' cannot be run: ")) << said;
    EXPECT_TRUE(said.ends_with("; name a build of writebench")) << said;
  }
}

TEST_F(ScriptTest, AProgramThatEndsOtherwiseIsQuoted) {
  const std::string program = path("program");
  EXPECT_EQ(refusal([&] { script("echo 'oh no' >&2; echo more >&2; exit 2").cells(); }),
            "--base '" + program + "' ended '" + program + " trial' with status 2: oh no");
  EXPECT_EQ(refusal([&] { script("kill -9 $$").cells(); }),
            "--base '" + program + "' ended '" + program + " trial' with signal 9: it printed no error");
}

TEST_F(ScriptTest, AnAnswerThatIsNoReportIsRefused) {
  for (const char* text : {"true", "false", "echo garbage", "echo '{}'", "echo '{\"writebench_schema\": 99}'"}) {
    const std::string said = refusal([&] { script(text).cells(); });
    EXPECT_NE(said.find("does not speak the trial protocol (docs/trial-protocol.md)"), said.npos) << said;
    EXPECT_TRUE(said.starts_with("--base '" + path("program") + "' ")) << said;
  }
  EXPECT_NE(refusal([&] { script("echo 'not in the mood' >&2").cells(); }).find("it said: not in the mood"),
            std::string::npos);
}

TEST_F(ScriptTest, ATrialThatHasNoAnswerHasFailed) {
  const struct {
    const char *text, *said;
  } kWrong[] = {{"echo 'oh no' >&2; exit 2", "with status 2: oh no"},
                {"kill -9 $$", "with signal 9"},
                {"false", "does not speak the trial protocol"},
                {"echo garbage", "does not speak the trial protocol"}};
  for (const auto& wrong : kWrong) {
    const engine::Sample sample = trial(script(wrong.text));
    EXPECT_EQ(sample.outcome, engine::Outcome::kFailed) << wrong.text;
    EXPECT_NE(sample.detail.find(wrong.said), std::string::npos) << sample.detail;
    EXPECT_TRUE(sample.total_ns);
  }
}

TEST_F(ScriptTest, AnAnswerToAnotherQuestionIsAFailureOfTheTrial) {
  const auto said = [&](std::vector<engine::Cell> cells) {
    answer("one", tests::report_of(std::move(cells)));
    return trial(script("cat one")).detail;
  };
  for (const std::vector<engine::Cell>& cells :
       {std::vector{tests::cell_of("sync")}, std::vector{tests::cell_of("sync", {1, 2})},
        std::vector{tests::cell_of("buffered", {1})},
        std::vector{tests::cell_of("sync", {1}), tests::cell_of("buffered", {1})}}) {
    EXPECT_NE(said(cells).find("was asked for one trial of 'sync' and answered with something else"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace writebench::gate
