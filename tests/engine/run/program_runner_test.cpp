#include "engine/run/program_runner.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "engine/lines/numbered_lines.hpp"
#include "engine/program/program_trial.hpp"
#include "engine/trial/run_marker.hpp"
#include "tests/engine/process/forked.hpp"
#include "tests/strategies/faulty.hpp"

namespace writebench::engine {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr const char* kFromFile = R"({"lines": ["file"]})";
// A program of the shell: what it does with $path and $lines_file.
std::vector<std::string> shell(const std::string& run) {
  return {"sh", "-c",
          "echo 'declare {\"lines\": [\"file\"]}'; read -r job || exit 0\n"
          "path=${job#*paths\\\":[\\\"}; path=${path%%\\\"*}\n"
          "lines=${job#*lines_file\\\":\\\"}; lines=${lines%%\\\"*}\n"
          "echo ready; read -r go\n" +
              run + "\necho done; read -r end; exit 0"};
}

class ProgramRunnerTest : public testing::Test {
 protected:
  // Two cells of one program.
  ForkRunner::Runnables runnables(const std::string& run) const {
    const auto program = std::make_shared<const Program>("p", shell(run), kFromFile);
    const auto content = std::make_shared<NumberedLines>(20);
    return {{"p", {program->descriptor(), content, program}}, {"q", {program->descriptor(), content, program}}};
  }
  static Cell cell_of(const std::string& id, std::uint64_t lines = 20) {
    Cell cell;
    cell.id = id;
    cell.strategy.name = "p";
    cell.parameters.lines = lines;
    return cell;
  }
  ProgramRunner runner(const std::string& run) const { return ProgramRunner(setup_, runnables(run)); }
  Sample sample_of(const std::string& run) const { return runner(run).run({.cell = cell_of("p")}, {})->sample; }

  tests::TemporaryDirectory directory_;
  ForkRunner::Setup setup_{.directory = directory_.path(), .timeout = std::chrono::minutes(1)};
};

TEST_F(ProgramRunnerTest, VerifiesWhatTheProgramWrites) {
  const Sample sample = sample_of("cat \"$lines\" > \"$path\"");
  EXPECT_EQ(sample.outcome, Outcome::kOk) << sample.detail;
  EXPECT_GT(sample.drained_ns, 0);
  EXPECT_EQ(sample.submitted_ns, sample.drained_ns);
  EXPECT_FALSE(sample.durable_ns);
  EXPECT_GT(sample.start_ns, 0);
  EXPECT_GE(sample.prepare_ns, 0);
  EXPECT_GT(sample.total_ns, sample.drained_ns);
  EXPECT_GE(sample.cost.written_bytes.value_or(200), 150) << "of a process that has ended meanwhile too";
  EXPECT_EQ(sample_of("head -n 19 \"$lines\" > \"$path\"").outcome, Outcome::kIncorrect);
  EXPECT_TRUE(fs::is_empty(directory_.path()));
}

TEST_F(ProgramRunnerTest, GivesOnlyTheFirstLinesOfACellThatWasCut) {
  ProgramRunner runner = this->runner("cat \"$lines\" > \"$path\"");
  for (const std::uint64_t lines : {20u, 2u, 20u, 1u}) {
    const auto result = runner.run({.cell = cell_of("p", lines)}, {});
    EXPECT_EQ(result->sample.outcome, Outcome::kOk) << lines << result->sample.detail;
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(runner.directory()), fs::directory_iterator()), 4)
      << "the marker, and each number of lines once";
}

TEST_F(ProgramRunnerTest, RemovesWhateverAProgramMakes) {
  ProgramRunner runner =
      this->runner("d=${path%/*}; mkdir -p $d/a/b; echo x > $d/a/b/c; ln -s /etc $d/e; chmod 0 $d/a/b");
  EXPECT_EQ(runner.run({.cell = cell_of("p")}, {})->sample.outcome, Outcome::kFailed);
  for (const auto& entry : fs::directory_iterator(runner.directory())) {
    const std::string name = entry.path().filename();
    EXPECT_TRUE(name == kRunMarker || name == "2.txt") << name << ", beside the marker and the lines";
  }
}

TEST_F(ProgramRunnerTest, GoesOnWhenAProgramHasRemovedTheDirectory) {
  ProgramRunner runner = this->runner("d=${path%/*}; rm -r $d");
  for (int i = 0; i < 2; ++i) {
    const Sample sample = runner.run({.cell = cell_of("p")}, {})->sample;
    EXPECT_EQ(sample.outcome, Outcome::kFailed);
    EXPECT_NE(sample.detail.find("is not there"), std::string::npos) << sample.detail;
  }
}

TEST_F(ProgramRunnerTest, KillsAProgramThatTakesTooLong) {
  setup_.timeout = milliseconds(200);
  const Sample sample = sample_of("sleep 1000");
  EXPECT_EQ(sample.outcome, Outcome::kTimeout);
  EXPECT_EQ(sample.detail, "killed after 200 ms, while waiting for `done`");
}

TEST_F(ProgramRunnerTest, HasNoResultIfTheUserGivesUp) {
  ProgramRunner runner = this->runner("sleep 1000");
  int asked = 0;
  EXPECT_FALSE(runner.run({.cell = cell_of("p")}, [&] { return ++asked < 3; }));
}

TEST_F(ProgramRunnerTest, KeepsTheFilesButNotTheLinesThatItHasRendered) {
  setup_.keep_files = true;
  ProgramRunner runner = this->runner("cat \"$lines\" > \"$path\"");
  for (const char* id : {"q", "p", "q"}) runner.run({.cell = cell_of(id)}, {});
  const auto kept = runner.keep();
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].cell_id, "q");
  EXPECT_EQ(kept[1].cell_id, "p");
  EXPECT_EQ(std::distance(fs::directory_iterator(runner.directory()), fs::directory_iterator()), 2);
}

TEST_F(ProgramRunnerTest, RunnersPassEachCellOnToItsRunner) {
  ForkRunner::Runnables all = runnables("cat \"$lines\" > \"$path\"");
  all["sleeps"] = {tests::faulty("sleeps"), std::make_shared<NumberedLines>(20)};
  Cell built_in = cell_of("sleeps");
  built_in.strategy = StrategyTraits(tests::faulty("sleeps"));
  Runners runners(setup_, all);
  for (const Cell& cell : {cell_of("p"), built_in, cell_of("q")}) {
    EXPECT_EQ(runners.run({.cell = cell}, {})->sample.outcome, Outcome::kOk) << cell.id;
  }
}

TEST(AskProgram, GivesTheTextOfTheDeclaration) {
  EXPECT_EQ(ask_program(shell(""), std::chrono::minutes(1)), kFromFile);
  EXPECT_THROW(ask_program({"true"}, std::chrono::minutes(1)), BadDeclaration);
  EXPECT_THROW(ask_program({"sleep", "1000"}, milliseconds(100)), BadDeclaration);
  EXPECT_THROW(ask_program({"/no/such/program"}, std::chrono::minutes(1)), std::system_error);
  EXPECT_FALSE(ask_program({"sleep", "1000"}, std::chrono::minutes(1), [] { return false; }));
}

TEST(ProtocolCost, IsThatOfAProgramThatDoesNothing) {
  EXPECT_GT(protocol_cost_ns(shell("")), 0.0);
  EXPECT_FALSE(protocol_cost_ns({"false"}));
  EXPECT_FALSE(protocol_cost_ns({"/no/such/program"}));
}

}  // namespace
}  // namespace writebench::engine
