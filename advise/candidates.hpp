#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/trial/cell.hpp"
#include "reports/advice.hpp"

namespace writebench::advise {

/// A strategy with the values that its options have if nothing else is asked for, on the workload that was asked for.
struct Contestant {
  engine::Cell cell;
  engine::Runnable runnable;
};

/// A strategy that can fulfil the constraints by its contract, and its settings that do.
class Candidate {
 public:
  /// `file_block_bytes` is st_blksize of the files.
  Candidate(Contestant contestant, const reports::Advice::Asked& asked, std::uint64_t file_block_bytes);

  const Descriptor& strategy() const { return contestant_.runnable.strategy; }
  const Contestant& contestant() const { return contestant_; }

  /// The most that it loses with these settings if its process dies; no value if that is not known.
  std::optional<std::uint64_t> may_lose_bytes(const Parameters& parameters) const;

  /// Whether the settings fulfil the constraints that follow from arithmetic: what may be lost, which is in memory too.
  bool allowed(const Parameters& parameters) const;

  /// The settings to begin with: the defaults, but with sizes reduced as far as the constraints need. No value if no
  /// size is small enough.
  const std::optional<Parameters>& start() const { return start_; }

  /// The option that decides how much it collects before it writes; null if it has none.
  const Option* size() const { return size_; }

  /// The values of size() that are to be considered.
  std::uint64_t smallest_size() const;
  std::uint64_t largest_size() const;

  /// These settings with another value of one option that is not size(): a few for each option, six at most, and only
  /// such as are allowed().
  std::vector<Parameters> variants(const Parameters& settings) const;

 private:
  std::optional<Parameters> reduced(Parameters parameters) const;

  Contestant contestant_;
  std::optional<std::uint64_t> max_loss_bytes_;
  std::optional<std::uint64_t> max_held_bytes_;  // the smaller of what may be lost and what may be in memory
  std::uint64_t file_block_bytes_;
  const Option* size_;
  std::optional<Parameters> start_;
};

/// Which strategies can fulfil the constraints by their contracts.
struct Screening {
  std::vector<Candidate> candidates;
  std::vector<reports::Advice::RuledOut> ruled_out;
};

Screening screen(std::vector<Contestant> contestants, const reports::Advice::Asked& asked,
                 std::uint64_t file_block_bytes);

/// Whether a search may change the option: not how many produce the lines, nor a bound that is never reached.
bool is_tunable(const Option& option);

}  // namespace writebench::advise
