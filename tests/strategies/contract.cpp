#include "tests/strategies/contract.hpp"

#include <unistd.h>

#include <algorithm>

#include "engine/lines/numbered_lines.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/cell_parameters.hpp"

writebench::Descriptor every_hundred_entry();  // docs/examples

namespace writebench::tests {
namespace {

constexpr std::size_t kDirectAlignment = 4096;  // enough for any device's logical block

}  // namespace

std::vector<Subject> subjects() {
  std::vector<Subject> all;
  for (const Descriptor& strategy : strategies::table()) {
    const Access& access = strategy.access;
    // Writes that the kernel does not count are those of an asynchronous interface, which File does not call either.
    const bool completes = !access.by_name && (!strategy.counts_writes || strategy.name == "posix-aio");
    // Who has a file opened for reading too maps it; who opens it by name leaves it to a library.
    all.push_back({.strategy = strategy,
                   .writes_through_file = !access.by_name && !access.read && !completes,
                   .reports_completions = completes,
                   .alignment_bytes = access.direct ? kDirectAlignment : 1,
                   .refuses_short_counts = access.append && !access.by_name});
  }
  all.push_back({.strategy = every_hundred_entry()});
  all.insert(all.end(), file_users().begin(), file_users().end());
  return all;
}

std::vector<Subject> subjects(bool (*wanted)(const Subject&)) {
  std::vector<Subject> found = subjects();
  std::erase_if(found, [wanted](const Subject& subject) { return !wanted(subject); });
  return found;
}

std::string subject_name(const testing::TestParamInfo<Subject>& info) {
  std::string name(info.param.strategy.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

void ForEachSubject::skip_if_unavailable() const {
  if (!strategy().access.direct && !strategy().unavailable) return;
  const engine::NumberedLines one_line(1);
  try {
    BareRun run(strategy(), {.lines = 1}, one_line, {}, {}, scratch_);
    run.prepare();
    run.run();
    run.finish();
  } catch (const Unsupported& unsupported) {
    GTEST_SKIP() << scratch_.path() << ": " << unsupported.what();
  }
}

void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.strategy.name; }

namespace {

std::vector<File*> open_all(std::deque<File>& files, const std::vector<std::string>& paths, const Access& access,
                            const Durability& durability, const Syscalls& syscalls) {
  std::vector<File*> pointers;
  for (const std::string& path : paths) {
    pointers.push_back(
        &files.emplace_back(path, engine::open_for_strategy(path, access), durability, syscalls, access));
  }
  return pointers;
}

constexpr Access kOfScratch{.read = true};

}  // namespace

BareRun::BareRun(const Descriptor& strategy, const tests::CellParameters& parameters, const Content& content,
                 JobHooks hooks, Syscalls syscalls, const engine::Scratch& scratch)
    : descriptor_(strategy),
      parameters_(parameters.of(strategy)),
      content_(content),
      made_(scratch, strategy, parameters_),
      job_(parameters_, content,
           open_all(files_, made_.paths(), engine::access_of(strategy, parameters_), parameters.durability, syscalls),
           std::move(hooks), open_all(scratch_files_, made_.scratch_paths(), kOfScratch, {}, syscalls)),
      strategy_(strategy.make()) {}

void BareRun::finish() {
  if (parameters_.durability.kind != Durability::Kind::kNone) strategy_->sync(job_);
  strategy_->close(job_);
}

engine::Verification BareRun::verify() const {
  return engine::verify({made_.paths(), made_.descriptors()}, content_, descriptor_, parameters_);
}

}  // namespace writebench::tests
