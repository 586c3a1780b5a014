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

/// What reading a file back has shown.
struct Verification {
  bool right = false;
  bool stopped = false;  ///< given up because `stop` said so; nothing is known
  /// Right as far as could be told: each line is there as often as in the job, but with so many equal ones that whether
  /// they are in order for each writer was not decided. Only where the lines of the job are not unique.
  bool order_unproven = false;
  std::vector<Damage> damages;   ///< empty if right; by file and offset, at most one of each kind in a file
  std::uint64_t file_bytes = 0;  ///< of all files
  std::size_t files = 1;

  /// The damages as one sentence, such as "2 lines lost, the first line 17 (byte 126)" or, of several files, "file 3: 2
  /// lines lost, …"; empty if right.
  std::string describe() const;
};

/// Reads the file at `path` back, whole, and holds it against `content` and the order promised: global means the same
/// bytes, per-writer that the lines of each of `writers` strided shares are in order and complete, none that the
/// file is exactly the multiset of the job's lines, nothing that it is empty. Equal lines may stand for each other.
/// Runs near memory speed where the file is right, in memory that does not grow with it; a wrong file is read again to
/// find what is wrong, with at most 16 MiB more. `stop` is asked at the start and after every MiB. Throws IoError where
/// the file cannot be read.
Verification verify(const std::string& path, const Content& content, Order order, unsigned writers,
                    const std::function<bool()>& stop = {});

/// The files of one trial.
struct FilesToVerify {
  const std::vector<std::string>& paths;
  /// One for each path, opened on the file that was made for the trial: it is a fault if the path no longer leads
  /// there.
  const std::vector<int>& descriptors;
};

/// Reads all files of a trial back, each one whole, and holds them against `content` and `contract`. With a file per
/// writer, file i must have exactly the bytes of writer i's strided share. Otherwise as above.
Verification verify(const FilesToVerify& files, const Content& content, const Contract& contract, unsigned writers,
                    const std::function<bool()>& stop = {});

}  // namespace writebench::engine
