#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "writebench/job.hpp"

namespace writebench {

/// A way to write the lines of a job to its files. A new object serves each trial, in its own process. All calls come
/// from one thread. Each may throw IoError and Unsupported.
class Strategy {
 public:
  virtual ~Strategy() = default;

  /// Sets up buffers, threads, rings: everything that a long-running program would set up once. Outside the clock.
  virtual void prepare(Job&) {}

  /// Writes every line. On return all of them are with the kernel, and nothing is in flight.
  virtual void run(Job&) = 0;

  /// Makes everything durable. Called after run() if the durability of the job asks for it, inside the clock.
  virtual void sync(Job& job) {
    for (unsigned i = 0; i < job.files(); ++i) job.file(i).sync();
  }

  /// Closes the files, after run() and sync(), inside the clock.
  virtual void close(Job& job) {
    for (unsigned i = 0; i < job.files(); ++i) job.file(i).close();
  }
};

/// The order of the lines in the file.
enum class Order {
  kNothing,    ///< a control that writes no lines
  kRepeated,   ///< a control that writes the first bytes of the lines again and again, as many as the lines have
  kNone,       ///< every line whole and exactly once, in any order
  kPerWriter,  ///< each writer's lines in order, mixed with those of other writers
  kGlobal,     ///< all lines in order, byte for byte
};

/// Which files the lines go to.
enum class Layout {
  kOneFile,
  kFilePerWriter,  ///< file i has exactly the lines of writer i's strided share, in order
};

/// What a strategy promises. Only strategies with the same contract are ranked together.
struct Contract {
  Order order = Order::kGlobal;
  Layout layout = Layout::kOneFile;
  /// Whether it can make each line durable before its append returns. Every strategy supports the other durabilities.
  bool each_line_durable = true;
};

enum class Role {
  kStrategy,  ///< a way to write lines
  kControl,   ///< a bound to compare the others with; never ranked
  kRung,      ///< a variant for explanations; not part of `all`
};

/// What it takes to have a strategy in one's own program, in the order of simplicity: each is harder to get right, and
/// to keep right, than the one before it. Among strategies that cost the same, `advise` prefers the simplest.
enum class Effort {
  kLibraryCall,     ///< one call of the standard library, or of the kernel, for each line
  kOwnBuffer,       ///< a buffer of one's own
  kLock,            ///< a lock, or another agreement between the writers, for each line or block
  kWriterThread,    ///< a thread that writes, and waiting for it
  kSeveralThreads,  ///< several threads, an event loop, or sharing without a lock
  kKernel,          ///< interfaces of one kernel, or a library
};

/// How a strategy differs from a simpler one, for explanations: what it takes beyond that one is the price of what it
/// adds. A chain of these, from one that only walks the lines up to the strategy, is its ladder.
struct Simpler {
  struct Setting {
    const Option* option;
    std::uint64_t value;
  };

  /// An option that makes one more difference.
  struct Growth {
    const Option* option;
    std::string adds;  ///< a # in it stands for the option's value: "has # pool threads"
  };

  std::string strategy;  ///< the simpler one; empty if there is none
  std::string adds;      ///< what this one does beyond it, in at most 28 letters: "writes each full block"
  /// Options of the simpler one. The others have the same values as in this one, or their defaults.
  std::vector<Setting> with = {};
  /// Options of this one that make further differences: the values with which they make none.
  std::vector<Setting> starting_with = {};
  /// Those options, in the order in which they then take the values that they are to have.
  std::vector<Growth> growing = {};
};

/// What the loss at the death of a strategy's process depends on.
struct LossConditions {
  const Parameters& parameters;
  std::uint64_t longest_line_bytes = 0;
  std::uint64_t file_block_bytes = 0;  ///< st_blksize of the file (stat(2)): the size of stdio's buffer

  /// The most that one Block of --buffer-size holds.
  std::uint64_t block_bytes() const { return std::max(parameters.value(kBufferSize), longest_line_bytes); }
};

/// A strategy's entry in the table of strategies. It owns its strings, so an entry can also be made at run time.
struct Descriptor {
  std::string name;     ///< kebab-case; the file has the same name in snake_case
  std::string family;   ///< the group it is listed in
  std::string summary;  ///< one sentence
  Role role = Role::kStrategy;
  Contract contract = {};
  Access access = {};  ///< how job.file(i) is opened
  Effort effort = Effort::kKernel;
  /// It must know where each line is to stand in the file before the line is appended. So it is no way to append lines
  /// as they come.
  bool needs_places = false;
  /// Whether prepare() makes the space that the lines are written to: outside the clock, and only where the size of the
  /// file is known or bounded beforehand. Empty: it does not.
  std::function<bool(const Parameters&)> makes_space = {};
  /// How many of the first bytes are written again and again; only for Order::kRepeated.
  std::function<std::uint64_t(const Parameters&)> repeated_bytes = {};
  /// It makes its bytes durable by calls of its own, not by File::sync(). Then --sync-call does not apply.
  bool own_sync = false;
  /// The kernel counts its write calls and their bytes for its process (syscw and wchar in /proc/self/io). It does not
  /// for io_uring and libaio: reports then lack both figures, where 0 would be wrong.
  bool counts_writes = true;
  /// How many files it needs beside those of its layout, such as parts that it puts together (Job::scratch_file()). Up
  /// to twice the bytes of the lines are then on the disk at once. Empty: none.
  std::function<std::uint64_t(const Parameters&)> scratch_files = {};
  std::vector<const Option*> options = {};  ///< those that change what it does, besides the lines and the durability
  Simpler simpler = {};
  /// The most that a strategy loses if its process dies, in bytes of lines whose append had returned: what it may hold
  /// in its own memory without a sync for each line. 0 if it holds nothing; empty if that is not known.
  std::function<std::uint64_t(const LossConditions&)> may_lose_bytes = {};
  /// Returns why it cannot run on this machine, or no value if it can; may be empty.
  std::function<std::optional<std::string>()> unavailable = {};
  std::function<std::unique_ptr<Strategy>()> make = {};
  std::string language = {};       ///< "Python": of a program that is compared within its language; else empty
  std::string own_reference = {};  ///< the strategy that it is compared with there

  /// Whether --sync-call chooses how its bytes become durable: not if it does that in a way of its own.
  bool takes_sync_call() const { return !own_sync && !access.dsync; }

  bool lists(const Option& option) const {
    return std::any_of(options.begin(), options.end(), [&](const Option* own) { return own->name == option.name; });
  }

  /// Whether its lines are shared out among Parameters::writers().
  bool has_writers() const { return lists(kWriters) || lists(kProcesses); }
};

/// The factory of a strategy class that has no constructor arguments.
template <class S>
std::unique_ptr<Strategy> make_strategy() {
  return std::make_unique<S>();
}

}  // namespace writebench
