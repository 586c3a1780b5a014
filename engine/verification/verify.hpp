#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/verification/damage.hpp"
#include "writebench/lines.hpp"
#include "writebench/strategy.hpp"

namespace writebench::engine {

/// The result of reading the files back.
struct Verification {
  bool right = false;
  bool stopped = false;  ///< `stop` ended the verification; its result is unknown
  /// Each line occurs as often as in the job, but with so many equal lines the order of each writer was not decided.
  /// Possible only if the lines of the job are not unique.
  bool order_unproven = false;
  std::vector<Damage> damages;   ///< empty if right; by file and offset, at most one of each kind in a file
  std::uint64_t file_bytes = 0;  ///< of all files
  std::size_t files = 1;

  /// The damages as one sentence, such as "2 lines lost, the first line 17 (byte 126)" or, with several files, "file 3:
  /// 2 lines lost, …"; empty if right.
  std::string describe() const;
};

/// Reads the whole file at `path` back and compares it with `content` and the promised order:
/// - global: the same bytes;
/// - per writer: the lines of each of `writers` strided shares are complete and in order;
/// - none: the file is exactly the multiset of the job's lines;
/// - nothing: the file is empty.
///
/// Equal lines are interchangeable. For the order per writer, a multiset check would miss lines of one writer that
/// changed places. Unique lines show their writer; with equal lines a beam search (interleaving.hpp) decides whether an
/// assignment to the writers exists, and order_unproven says if it could not.
///
/// Runs near memory speed if the file is right, in memory that does not grow with it. A wrong file is read again to
/// find what is wrong, with at most 16 MiB more. `stop` is called at the start and after every MiB. Throws IoError if
/// the file cannot be read.
Verification verify(const std::string& path, const Content& content, Order order, unsigned writers,
                    const std::function<bool()>& stop = {});

/// The files of one trial.
struct FilesToVerify {
  const std::vector<std::string>& paths;
  /// One for each path, opened on the file that was made for the trial. A path that no longer leads there is a fault.
  const std::vector<int>& descriptors;
};

/// Reads all files of a trial back, each one whole, and compares them with `content` and `contract`. With a file per
/// writer, file i must have exactly the bytes of writer i's strided share. Otherwise as above.
Verification verify(const FilesToVerify& files, const Content& content, const Contract& contract, unsigned writers,
                    const std::function<bool()>& stop = {});

/// The same for what `strategy` writes with these parameters. If that is the first bytes of the content again and again
/// (Order::kRepeated, in one file), these bytes are held in memory meanwhile.
Verification verify(const FilesToVerify& files, const Content& content, const Descriptor& strategy,
                    const Parameters& parameters, const std::function<bool()>& stop = {});

}  // namespace writebench::engine
