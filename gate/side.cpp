#include "gate/side.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/run/interrupt.hpp"
#include "gate/process.hpp"
#include "reports/read/read.hpp"

namespace writebench::gate {
namespace {

constexpr std::size_t kMostReport = 64 << 20;

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

reports::Report contestants(reports::Report cells) {
  std::erase_if(cells.cells,
                [](const engine::Cell& cell) { return reports::is_control(cell) || reports::is_twin(cell); });
  return cells;
}

ProgramSide::ProgramSide(std::string side, const std::string& program, std::vector<std::string> options)
    : side_(std::move(side)), program_(program), options_(std::move(options)) {
  if (program_.find('/') != std::string::npos && ::access(program_.c_str(), X_OK) != 0) {
    refuse(fmt::format("cannot be run: {}; name a build of writebench", std::generic_category().message(errno)));
  }
}

reports::Report ProgramSide::cells(std::string* said) const {
  auto report = ask({}, {}, said);
  if (!report) throw Interrupted();
  return *std::move(report);
}

std::optional<engine::TrialResult> ProgramSide::run(const engine::TrialRequest& request, const Waiting& waiting) {
  const auto began = std::chrono::steady_clock::now();
  try {
    return trial_of(request, waiting);
  } catch (const SideError& error) {
    engine::TrialResult result;
    result.sample.outcome = engine::Outcome::kFailed;
    result.sample.detail = error.what();
    result.sample.total_ns = std::chrono::nanoseconds(std::chrono::steady_clock::now() - began).count();
    return result;
  }
}

std::optional<engine::TrialResult> ProgramSide::trial_of(const engine::TrialRequest& request,
                                                         const Waiting& waiting) const {
  const std::string& id = request.cell.id;
  std::vector<std::string> question{"--cell", id};
  if (request.observe) question.insert(question.begin(), "--observe");
  const auto report = ask(question, waiting);
  if (!report) return std::nullopt;
  if (report->cells.size() != 1 || report->cells.front().id != id || report->cells.front().samples.size() != 1) {
    refuse(
        fmt::format("was asked for one trial of '{}' and answered with something else (docs/trial-protocol.md)", id));
  }
  return engine::TrialResult{.sample = report->cells.front().samples.front(), .caller_stall = {}, .loop_lag = {}};
}

std::optional<reports::Report> ProgramSide::ask(const std::vector<std::string>& more, const Waiting& waiting,
                                                std::string* said) const {
  std::vector<std::string> arguments{program_, "trial"};
  arguments.insert(arguments.end(), options_.begin(), options_.end());
  arguments.insert(arguments.end(), more.begin(), more.end());
  Ended ended;
  bool given_up = false;
  const Waiting watched = [&] { return !(given_up = given_up || !waiting()); };
  try {
    ended = run_process(arguments, kMostReport, waiting ? watched : Waiting());
  } catch (const std::system_error& error) {
    std::error_code unknown;
    if (program_.find('/') == std::string::npos && std::filesystem::exists(program_, unknown)) {
      refuse(fmt::format("is not on the PATH; write ./{}", program_));
    }
    refuse(fmt::format("cannot be run: {}; name a build of writebench", error.code().message()));
  } catch (const std::length_error& error) {
    refuse(fmt::format("does not speak the trial protocol: {}", error.what()));
  }
  if (given_up || engine::interrupted() != 0) return std::nullopt;
  if (said != nullptr) *said = ended.errors;
  // Status 1 is a failed trial, which the report describes.
  if (!WIFEXITED(ended.status) || WEXITSTATUS(ended.status) > 1) {
    const std::string how = WIFEXITED(ended.status) ? fmt::format("status {}", WEXITSTATUS(ended.status))
                                                    : fmt::format("signal {}", WTERMSIG(ended.status));
    refuse(fmt::format("ended '{} trial' with {}: {}", program_, how,
                       ended.errors.empty() ? "it printed no error" : first_line(ended.errors)));
  }
  const std::string said_too = ended.errors.empty() ? "" : "; it said: " + first_line(ended.errors);
  constexpr std::string_view kNotSpoken = "does not speak the trial protocol (docs/trial-protocol.md)";
  if (ended.output.empty()) {
    refuse(fmt::format("{}: it printed no report{}; name a build of writebench", kNotSpoken, said_too));
  }
  try {
    return reports::parse_report(ended.output, "its answer");
  } catch (const reports::BadReport& bad) {
    refuse(fmt::format("{}: {}{}", kNotSpoken, bad.what(), said_too));
  }
}

void ProgramSide::refuse(const std::string& reason) const {
  throw SideError(fmt::format("{} '{}' {}", side_, program_, reason));
}

}  // namespace writebench::gate
