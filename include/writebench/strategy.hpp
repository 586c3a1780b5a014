#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "writebench/job.hpp"

namespace writebench {

/// A way to write the lines of a job to its file. A new object serves each trial, in a process of its own. Both calls
/// come from one thread; IoError and Unsupported may leave either.
class Strategy {
 public:
  virtual ~Strategy() = default;

  /// Buffers, threads, rings: everything that a long-running program would set up once. Outside the clock.
  virtual void prepare(Job&) {}

  /// Writes every line. On return all of them are with the kernel, and nothing is in flight.
  virtual void run(Job&) = 0;
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
};

/// What a strategy promises; only like contracts are ranked together.
struct Contract {
  Order order = Order::kGlobal;
  Layout layout = Layout::kOneFile;
  /// Whether it can make each line durable before its append returns. Every strategy can do the other durabilities.
  bool each_line_durable = true;
};

/// The parameters that change what a strategy does, beyond the lines and the durability.
struct Uses {
  bool writers = false;
  bool threads = false;
  bool buffer = false;
  bool queue_depth = false;
  bool in_flight_bytes = false;
};

/// A strategy's entry in the table that lists them.
struct Descriptor {
  std::string_view name;     ///< kebab-case, the file's name in other letters
  std::string_view family;   ///< the shelf it stands on
  std::string_view summary;  ///< one sentence
  Contract contract = {};
  Uses uses = {};
  /// Why it cannot run on this machine; null or nothing where it can.
  std::optional<std::string> (*unavailable)() = nullptr;
  std::unique_ptr<Strategy> (*make)() = nullptr;
};

/// The factory of a strategy class without constructor arguments.
template <class S>
std::unique_ptr<Strategy> make_strategy() {
  return std::make_unique<S>();
}

}  // namespace writebench
