#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writebench::reports {

/// What dies.
enum class Death {
  kProcess,  ///< the writing process: what it has in its own memory is gone
  kMachine,  ///< the machine loses power: what was not made durable may be gone too
};
std::string_view to_string(Death death);

/// A way in which a file breaks what was acknowledged.
enum class Fault {
  kDrainedLost,  ///< bytes that were with the kernel are missing or damaged
  kDurableLost,  ///< bytes, or a line, that were durable are missing or damaged
  kWrong,        ///< bytes that are neither a line of the job nor part of one
  kDoubled,      ///< a line that occurs again
  kReordered,    ///< a line after one that it should precede
  kOverBound,    ///< more lost than the strategy may hold in its memory by its options
};
inline constexpr std::size_t kFaults = 6;
std::string_view to_string(Fault fault);

/// How often a fault occurred in the files of one death.
struct FaultCount {
  Fault fault = Fault::kWrong;
  std::uint64_t lines = 0;  ///< 0 if only bytes are known
  std::uint64_t bytes = 0;
  std::string example = {};  ///< "line 17 (byte 126 of file 0)"
};

/// What one death took.
struct Loss {
  std::int64_t after_ns = 0;            ///< the moment of the death, since clock on
  std::uint64_t submitted_lines = 0;    ///< their append had returned
  std::uint64_t drained_bytes = 0;      ///< were with the kernel, as File counts them
  std::uint64_t durable_bytes = 0;      ///< were on the device: a sync had returned that began after their write
  std::uint64_t kept_lines = 0;         ///< whole in the file
  std::uint64_t lost_lines = 0;         ///< their append had returned, but they are not whole in the file
  std::uint64_t lost_bytes = 0;         ///< of those lines
  std::int64_t lost_ns = 0;             ///< from the return of the oldest lost append to the death; 0 if none is lost
  std::uint64_t surplus_lines = 0;      ///< whole in the file although their append had not returned
  std::uint64_t torn_lines = 0;         ///< only a part is in the file, at its end or beside a hole
  std::uint64_t damaged_lines = 0;      ///< pieces of the file that are neither a line nor part of one
  std::vector<FaultCount> faults = {};  ///< at most one of each kind
};

/// The deaths of one cell.
struct Deaths {
  std::string cell = {};  ///< its id
  Death death = Death::kProcess;
  /// Of a trial that records what it acknowledges: the deaths fall into this time. For the machine it goes on for a
  /// ninth more after the end of the trial.
  std::int64_t running_ns = 0;
  /// The most that a process's death may take, by the options of the strategy; absent if that is not known, and for a
  /// machine's death.
  std::optional<std::uint64_t> bound_bytes = {};
  std::uint64_t trials = 0;        ///< that ran for them; a machine dies several times in one; 0 if not known
  std::uint64_t ended_before = 0;  ///< trials that came to their end before they were to die; they are not among:
  std::vector<Loss> losses = {};   ///< one for each death, in the order of the run
  std::string failure = {};        ///< why there are no more; empty if there are enough, or the time was up
};

/// A kind of death that could not be brought about on this machine.
struct UnavailableDeath {
  Death death = Death::kMachine;
  std::string reason = {};
};

/// What `writebench crash-test` adds to a report.
struct CrashTest {
  std::uint64_t deaths = 0;        ///< that were asked for, of each cell
  std::vector<Deaths> cells = {};  ///< a cell once for each kind of death
  std::vector<UnavailableDeath> unavailable = {};
};

/// A distribution over the deaths of a cell.
struct Spread {
  double min = 0;
  double median = 0;
  std::optional<double> p90 = {};  ///< absent for fewer than 10 deaths
  double max = 0;
};

/// The summary of the deaths of a cell.
struct DeathSummary {
  struct OfFault {
    Fault fault = Fault::kWrong;
    std::uint64_t deaths = 0;  ///< in which it occurred
    std::string example = {};  ///< of the first of them
  };

  std::uint64_t deaths = 0;
  std::uint64_t lossy_deaths = 0;  ///< that took a line whose append had returned
  std::uint64_t torn_deaths = 0;   ///< that left a torn line
  Spread lost_lines = {};
  Spread lost_bytes = {};
  Spread lost_ns = {};
  std::vector<OfFault> faults = {};  ///< in the order of Fault
};

/// No value if nothing died.
std::optional<DeathSummary> summarise(const Deaths& deaths);

/// Whether a death broke a promise, or the deaths of the cell could not be brought about.
bool has_failed(const Deaths& deaths);

}  // namespace writebench::reports
