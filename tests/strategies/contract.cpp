#include "tests/strategies/contract.hpp"

#include <unistd.h>

#include <algorithm>

#include "strategies/table.hpp"
#include "tests/strategies/cell_parameters.hpp"

writebench::Descriptor every_hundred_entry();  // docs/examples

namespace writebench::tests {

std::vector<Subject> subjects() {
  std::vector<Subject> all;
  for (const Descriptor& strategy : strategies::table()) {
    const Access& access = strategy.access;
    // Who has a file opened for reading too maps it; who opens it by name leaves it to a library.
    all.push_back({.strategy = strategy,
                   .writes_through_file = !access.by_name && !access.read,
                   .refuses_short_counts = access.append});
  }
  all.push_back({.strategy = every_hundred_entry()});
  all.insert(all.end(), file_users().begin(), file_users().end());
  return all;
}

std::string subject_name(const testing::TestParamInfo<Subject>& info) {
  std::string name(info.param.strategy.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

void ForEachSubject::skip_without_direct_io() const {
  if (!strategy().access.direct) return;
  const engine::TrialFiles file({scratch_.file_path("direct")});
  try {
    ::close(engine::open_for_strategy(file.paths().front(), strategy().access));
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
  return engine::verify({made_.paths(), made_.descriptors()}, content_, descriptor_.contract, parameters_.writers());
}

}  // namespace writebench::tests
