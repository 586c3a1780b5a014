#pragma once

#include <optional>
#include <string>

#include "reports/report.hpp"

namespace writebench::advise {

/// Values that differ by less than this share of the best are tied: by less than what a reader would act on.
inline constexpr double kTieMargin = 0.03;

/// A median ratio beyond this is taken for what it says, however wide its interval: of few rounds that reaches from the
/// least ratio to the largest, and one round that went the other way does not make twice the stall a tie.
inline constexpr double kBeyondNoise = 1.5;

/// At a rate the harness itself takes processor time for each line, as `null` shows, and not the same for a thread that
/// waits for its lines and for a task on an event loop: whole strategies on a loop were seen to take a fifth less than
/// `null` alone. What differs by less than this share of it is tied too.
inline constexpr double kHarnessMargin = 0.5;

/// The callers of `null`, which writes nothing, are held by the machine alone: by interrupts, and by whatever else
/// wants the processor. Two stalls at a rate that differ by less than this share of theirs are tied too.
inline constexpr double kMachineMargin = 1;

/// At a rate, a difference of less than this share of one processor is tied too: at few lines per second, several times
/// as much processor time is still next to nothing.
inline constexpr double kIdleShare = 0.01;

/// What two values may differ by and still be tied by those of the margins above that fit the goal, in ns: of a line,
/// or of a stall. `harness_ns` is the value of `null`, if that is known.
double indifferent_ns(const reports::Advice::Asked& asked, std::optional<double> harness_ns);

/// Chooses among the finalists of the report's advice, of which the cells, the efforts and what they may lose are
/// known: fills in their figures and ratios from the samples, and puts them in order. Of those that fulfil the
/// constraints and are tied with the best, the simplest is recommended: the one of least effort, and of these the
/// first. One is worse than another if the median of their paired ratios is beyond the largest of the margins above,
/// which the advice then has, and their whole 95 % interval beyond kTieMargin or the median beyond kBeyondNoise; else
/// they are tied. If none fulfils the constraints, none is recommended. A finalist without any figure is dropped.
/// Throws std::runtime_error if one names a cell that the report does not have.
void conclude(reports::Report& report);

/// The cell with this id; null if there is none.
const engine::Cell* cell_of(const reports::Report& report, const std::string& id);

}  // namespace writebench::advise
