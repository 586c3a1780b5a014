#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "writebench/job.hpp"

namespace writebench {

/// A way to write the lines of a job to its files. A new object serves each trial, in a process of its own. All calls
/// come from one thread; IoError and Unsupported may leave each of them.
class Strategy {
 public:
  virtual ~Strategy() = default;

  /// Buffers, threads, rings: everything that a long-running program would set up once. Outside the clock.
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

/// In which order the lines stand in the file.
enum class Order {
  kNothing,    ///< no line is written at all (a control)
  kNone,       ///< every line whole and once, in any order
  kPerWriter,  ///< the lines of each writer in order, those of different writers mixed
  kGlobal,     ///< byte for byte the lines in order
};

/// Which files the lines go to.
enum class Layout {
  kOneFile,
  kFilePerWriter,  ///< file i has exactly the lines of writer i's strided share, in order
};

/// What a strategy promises; only like contracts are ranked together.
struct Contract {
  Order order = Order::kGlobal;
  Layout layout = Layout::kOneFile;
  /// Whether it can make each line durable before its append returns. Every strategy can do the other durabilities.
  bool each_line_durable = true;
};

/// What a strategy is there for.
enum class Role {
  kStrategy,  ///< a way to write lines
  kControl,   ///< a bound that the others are held against; never ranked
  kRung,      ///< a variant for explanations; not part of `all`
};

/// A strategy's entry in the table that lists them. It owns what it says, so that an entry made at run time is no
/// different.
struct Descriptor {
  std::string name;     ///< kebab-case, the file's name in other letters
  std::string family;   ///< the shelf it stands on
  std::string summary;  ///< one sentence
  Role role = Role::kStrategy;
  Contract contract = {};
  Access access = {};                       ///< how job.file(i) is opened
  std::vector<const Option*> options = {};  ///< that change what it does; beyond the lines and the durability
  /// Why it cannot run on this machine; null, or no value, if it can.
  std::function<std::optional<std::string>()> unavailable = {};
  std::function<std::unique_ptr<Strategy>()> make = {};

  bool lists(const Option& option) const {
    return std::any_of(options.begin(), options.end(), [&](const Option* own) { return own->name == option.name; });
  }
};

/// The factory of a strategy class without constructor arguments.
template <class S>
std::unique_ptr<Strategy> make_strategy() {
  return std::make_unique<S>();
}

}  // namespace writebench
