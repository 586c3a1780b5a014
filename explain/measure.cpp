#include "explain/measure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "engine/lines/sized_lines.hpp"
#include "engine/machine/affinity.hpp"
#include "engine/run/fit_lines.hpp"
#include "engine/run/interrupt.hpp"
#include "explain/conclude.hpp"
#include "explain/ladder.hpp"
#include "explain/stage_trials.hpp"
#include "reports/cell_id.hpp"

namespace writebench::explain {
namespace {

using engine::Cell;
using reports::Explanation;
using std::chrono::nanoseconds;

// Shares of the budget.
constexpr double kOfLadder = 0.34;
constexpr double kOfStages = 0.08;
constexpr double kOfBlockSizes = 0.18;
constexpr double kOfRefinement = 0.10;
constexpr double kOfThinks = 0.18;

// Slow cells run on a fraction of their lines: the largest with which some trials fit this time. Their trials then
// still take some 10 ms, in which what a trial costs once does not matter.
constexpr std::chrono::milliseconds kShareToFit{400};

constexpr int kStagePairs = 12;  // trials with and without stages, in turn
constexpr std::size_t kMostTrials = 40;
constexpr double kUsualRate = 10'000;
constexpr double kPacedSeconds = 0.5;
constexpr std::uint64_t kThinkLineBytes = 1000;  // so that a line is long enough for the clock
constexpr std::uint64_t kThinkLines = 20'000;
constexpr std::array<std::int64_t, 7> kThinksNs{0, 100, 200, 500, 1000, 2000, 5000};

// What a cell is run with beside the options of its strategy is the same for every cell.
void take_surroundings(const Descriptor& strategy, const Parameters& subject, Parameters& parameters) {
  if (const OptionValue* const cpus = subject.find("cpus")) parameters.set(*cpus);
  const OptionValue* const call = subject.find(kSyncCall.name);
  if (call != nullptr && strategy.takes_sync_call()) parameters.set(*call);
}

// The cells of one part, which share their rounds.
class Part {
 public:
  /// `name` tells its cells from those of other parts.
  Part(const Request& request, std::shared_ptr<const Content> content, std::string name)
      : request_(request), content_(std::move(content)), name_(std::move(name)) {}

  const Descriptor& strategy(const std::string& name) const {
    const auto found = std::find_if(request_.table.begin(), request_.table.end(),
                                    [&](const Descriptor& entry) { return entry.name == name; });
    if (found == request_.table.end()) throw std::logic_error("there is no strategy '" + name + "' to explain with");
    return *found;
  }

  // Parameters of a strategy: the subject's values of the options that both have, else the defaults.
  Parameters parameters(const Descriptor& strategy) const {
    const Parameters& subject = request_.subject.parameters;
    Parameters own{.lines = content_->lines(), .durability = subject.durability};
    for (const Option* option : strategy.options) own.set(*option, subject.value(*option));
    take_surroundings(strategy, subject, own);
    return own;
  }

  // Adds the cell, unless it is there already. Returns its id.
  std::string add(const Descriptor& strategy, Parameters parameters, const engine::Workload& workload) {
    Cell cell;
    cell.strategy = engine::StrategyTraits(strategy);
    cell.parameters = std::move(parameters);
    cell.workload = workload;
    cell.bytes = content_->offset_bytes(cell.parameters.lines);
    cell.makes_space = strategy.makes_space && strategy.makes_space(cell.parameters);
    cell.id = reports::id_with_options(cell, name_);
    const bool known = std::any_of(cells.begin(), cells.end(), [&](const Cell& other) { return other.id == cell.id; });
    std::string id = cell.id;
    if (known) return id;
    if (auto reason = engine::unavailable(strategy, cell.parameters)) {
      cell.status = engine::Outcome::kUnavailable;
      cell.status_detail = *std::move(reason);
    }
    cells.push_back(std::move(cell));
    runnables.push_back({strategy, content_});
    return id;
  }

  std::vector<Cell> cells;
  std::vector<engine::Runnable> runnables;

 private:
  const Request& request_;
  std::shared_ptr<const Content> content_;
  std::string name_;
};

class Measurement {
 public:
  Measurement(const Request& request, const engine::MakeRunner& make_runner, engine::RunObserver& observer,
              reports::Report& report)
      : request_(request), make_runner_(make_runner), observer_(observer), report_(report) {
    report_.explanation.emplace();
  }

  bool run() { return ladder_and_stages() && block_sizes() && thinks() && paced() && durable(); }

 private:
  Explanation& explanation() { return *report_.explanation; }

  nanoseconds share(double part) const {
    return nanoseconds(std::llround(part * static_cast<double>(request_.budget.count())));
  }

  // Cuts the lines of slow cells and measures all in rounds for that long.
  bool measure(Part& part, engine::TrialRunner& runner, nanoseconds budget) {
    const auto began = std::chrono::steady_clock::now();
    const auto cells = static_cast<std::int64_t>(part.cells.size());
    if (!engine::fit_lines(part.cells, part.runnables, runner, cells * kShareToFit, observer_)) return false;
    const nanoseconds left = budget - (std::chrono::steady_clock::now() - began);
    const engine::Plan plan{.warm_up_trials = 1,
                            .min_trials = 3,
                            .max_trials = kMostTrials,
                            .stall_trials = 0,
                            .max_stall_trials = 0,
                            .precision = 0,
                            .budget = std::max(nanoseconds(0), left),
                            .seed = request_.seed};
    return engine::run(part.cells, runner, {.plan = plan}, observer_);
  }

  // Hands the cells of a part to the report when the part ends, whatever ends it.
  class Kept {
   public:
    Kept(Measurement& measurement, Part& part) : measurement_(measurement), part_(part) {}
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;
    ~Kept() { measurement_.keep(part_); }

   private:
    Measurement& measurement_;
    Part& part_;
  };

  // Their rounds follow those of the parts before.
  void keep(Part& part) {
    int most = -1;
    for (Cell& cell : part.cells) {
      for (engine::Sample& sample : cell.samples) {
        sample.round += next_round_;
        most = std::max(most, sample.round);
      }
      report_.cells.push_back(std::move(cell));
    }
    next_round_ = std::max(next_round_, most + 1);
  }

  bool ladder_and_stages() {
    Part part(request_, request_.content, "");
    const Kept kept(*this, part);
    const Descriptor& subject = part.strategy(request_.subject.strategy.name);
    const engine::Workload& workload = request_.subject.workload;
    for (const Rung& rung : ladder_of(subject, request_.subject.parameters, request_.table)) {
      Parameters parameters = rung.parameters;
      take_surroundings(*rung.strategy, request_.subject.parameters, parameters);
      explanation().ladder.push_back({part.add(*rung.strategy, parameters, workload), rung.adds, 0, {}, {}});
    }
    explanation().subject = explanation().ladder.back().cell;
    const Descriptor& reference =
        part.strategy(subject.name == reports::kReference ? "sync-buffered" : std::string(reports::kReference));
    explanation().reference = part.add(reference, part.parameters(reference), workload);
    add_variants(part, subject, reference);
    const Descriptor& buffering = part.strategy("sync-buffered");  // what to do instead is judged by it
    part.add(buffering, part.parameters(buffering), workload);

    const std::unique_ptr<engine::TrialRunner> runner = make_runner_(part.cells, part.runnables);
    observer_.part_begins("the ladder: each variant does one thing more than the one before");
    return measure(part, *runner, share(kOfLadder)) && stages(part, *runner);
  }

  void add_variants(Part& part, const Descriptor& subject, const Descriptor& reference) {
    const Parameters& own = request_.subject.parameters;
    const std::vector<std::string> all_cpus{""};
    for (const std::string& cpus : request_.cpus.empty() ? all_cpus : request_.cpus) {
      const auto on_cpus = [&](Parameters parameters) {
        if (!cpus.empty() && cpus != engine::kAllCpus) parameters.set(engine::cpus_value(cpus));
        return parameters;
      };
      const std::string beside = part.add(reference, on_cpus(part.parameters(reference)), request_.subject.workload);
      for (const std::uint64_t threads : subject.lists(kThreads) ? request_.threads : std::vector<std::uint64_t>{0}) {
        Parameters parameters = own;
        if (threads > 0) parameters.set(kThreads, threads);
        explanation().variants.push_back(
            {part.add(subject, on_cpus(parameters), request_.subject.workload), beside, {}});
      }
    }
  }

  // The stages of the subject and, if it has several tasks, of the same with one, for which nothing waits in a queue.
  bool stages(Part& part, engine::TrialRunner& runner) {
    observer_.part_begins("the stages of one dispatched write");
    std::vector<const Cell*> cells;
    for (const Explanation::Step& step : explanation().ladder) {
      const Cell& cell =
          *std::find_if(part.cells.begin(), part.cells.end(), [&](const Cell& other) { return other.id == step.cell; });
      const bool of_subject = cell.strategy.name == request_.subject.strategy.name;
      const bool alone = cell.parameters.find("writers") != nullptr && cell.parameters.value(kWriters) == 1 &&
                         cell.parameters.value(kThreads) == 1;
      if (cell.status == engine::Outcome::kOk && of_subject && (alone || cell.id == explanation().subject)) {
        cells.push_back(&cell);
      }
    }
    const auto end = std::chrono::steady_clock::now() + share(kOfStages);
    const auto uninterrupted = [] { return engine::interrupted() == 0; };
    std::vector<StageTrials> trials(cells.size());
    for (int pair = 0; pair < kStagePairs; ++pair) {
      if (pair > 1 && std::chrono::steady_clock::now() > end) break;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        for (const bool staged : {pair % 2 == 0, pair % 2 != 0}) {
          const auto result = runner.run({.cell = *cells[i], .stages = staged}, uninterrupted);
          if (!result) return false;
          trials[i].add(*result);
        }
      }
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto result = runner.run({.cell = *cells[i], .stages = true, .wakes = true}, uninterrupted);
      if (!result) return false;
      trials[i].add_wakes(*result);
      if (auto summary = trials[i].summary(*cells[i])) explanation().stages.push_back(*std::move(summary));
    }
    return true;
  }

  void add_block_size(Part& part, std::uint64_t bytes) {
    const Descriptor& buffered = part.strategy("buffered");
    Parameters parameters = part.parameters(buffered);
    parameters.set(kBufferSize, bytes);
    explanation().block_sizes.push_back(
        {part.add(buffered, std::move(parameters), request_.subject.workload), reference_, {}});
  }

  // The curve, and then more of it around where it crosses the reference.
  bool block_sizes() { return coarse_curve() && refine_break_even(); }

  bool coarse_curve() {
    observer_.part_begins("the break-even: buffered with larger and larger blocks");
    Part part(request_, request_.content, "break-even");
    const Kept kept(*this, part);
    const Descriptor& sync = part.strategy(std::string(reports::kReference));
    reference_ = part.add(sync, part.parameters(sync), request_.subject.workload);
    const auto line_bytes = static_cast<std::uint64_t>(std::ceil(mean_line_bytes(request_.subject)));
    const std::uint64_t most = std::max<std::uint64_t>(256 << 10, 64 * line_bytes);
    std::uint64_t bytes = 64;
    while (bytes < line_bytes) bytes *= 2;
    for (; bytes <= most; bytes *= 2) add_block_size(part, bytes);
    const std::unique_ptr<engine::TrialRunner> runner = make_runner_(part.cells, part.runnables);
    return measure(part, *runner, share(kOfBlockSizes));
  }

  bool refine_break_even() {
    conclude(report_);
    if (!explanation().break_even) return true;
    observer_.part_begins("the break-even, more closely");
    const double at = explanation().break_even->block_bytes;
    Part part(request_, request_.content, "break-even-2");
    const Kept kept(*this, part);
    const Descriptor& sync = part.strategy(std::string(reports::kReference));
    reference_ = part.add(sync, part.parameters(sync), request_.subject.workload);
    for (const double factor : {0.67, 0.82, 1.0, 1.22, 1.5}) {
      add_block_size(part, static_cast<std::uint64_t>(std::max(1.0, std::round(at * factor))));
    }
    const std::unique_ptr<engine::TrialRunner> runner = make_runner_(part.cells, part.runnables);
    return measure(part, *runner, share(kOfRefinement));
  }

  bool thinks() {
    observer_.part_begins("what overlapping gains if the caller has other work");
    auto content = std::make_shared<engine::SizedLines>(
        kThinkLines, engine::LineSizes{.least_bytes = kThinkLineBytes, .most_bytes = kThinkLineBytes, .seed = 0});
    Part part(request_, content, "think");
    const Kept kept(*this, part);
    const Descriptor& waiting = part.strategy("sync-buffered");
    const Descriptor& overlapping = part.strategy("double-buffered");
    for (const std::int64_t think_ns : kThinksNs) {
      engine::Workload workload{.lines_kind = "sized",
                                .min_line_bytes = kThinkLineBytes,
                                .max_line_bytes = kThinkLineBytes,
                                .file_state = request_.subject.workload.file_state,
                                .preallocation = request_.subject.workload.preallocation,
                                .cold_caches = request_.subject.workload.cold_caches};
      workload.pace.think = nanoseconds(think_ns);
      const std::string reference = part.add(waiting, part.parameters(waiting), workload);
      explanation().thinks.push_back({part.add(overlapping, part.parameters(overlapping), workload), reference, {}});
    }
    const std::unique_ptr<engine::TrialRunner> runner = make_runner_(part.cells, part.runnables);
    return measure(part, *runner, share(kOfThinks));
  }

  // Each cell once for its costs, and once to time every append.
  bool measure_at_pace(const std::vector<std::string>& names, double rate, std::uint64_t lines, Durability durability,
                       const char* part_name, std::vector<std::string>& ids) {
    Part part(request_, request_.content, part_name);
    const Kept kept(*this, part);
    engine::Workload workload = request_.subject.workload;
    workload.pace = {.think = {}, .lines_per_second = rate, .burst_lines = request_.burst_lines};
    for (const std::string& name : names) {
      const Descriptor& strategy = part.strategy(name);
      Parameters parameters =
          name == request_.subject.strategy.name ? request_.subject.parameters : part.parameters(strategy);
      parameters.lines = std::min(lines, request_.content->lines());
      parameters.durability = durability;
      const std::string id = part.add(strategy, std::move(parameters), workload);
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
    const engine::Plan plan{.warm_up_trials = 0,
                            .min_trials = 1,
                            .max_trials = 1,
                            .stall_trials = 1,
                            .max_stall_trials = 1,
                            .budget = std::nullopt,
                            .seed = request_.seed};
    const std::unique_ptr<engine::TrialRunner> runner = make_runner_(part.cells, part.runnables);
    return engine::run(part.cells, *runner, {.plan = plan}, observer_);
  }

  std::string dispatching() const {
    const Descriptor& subject =
        *std::find_if(request_.table.begin(), request_.table.end(),
                      [&](const Descriptor& entry) { return entry.name == request_.subject.strategy.name; });
    return subject.lists(kThreads) ? subject.name : "naive-async";
  }

  bool paced() {
    observer_.part_begins("how long callers are held at a pace");
    const double rate = request_.rate.value_or(kUsualRate);
    const auto lines = static_cast<std::uint64_t>(std::max(200.0, rate * kPacedSeconds));
    return measure_at_pace({"sync", dispatching(), "double-buffered"}, rate, lines,
                           request_.subject.parameters.durability, "pace", explanation().paced);
  }

  bool durable() {
    const auto& syncing = request_.syncing;
    if (!syncing || syncing->does_nothing || syncing->sync_ns <= 0) return true;
    observer_.part_begins("how long callers are held if every line is synced");
    // Half of what one sync after the other would allow, so that nobody falls behind.
    const double rate = std::clamp(0.5e9 / static_cast<double>(syncing->sync_ns), 20.0, 2000.0);
    return measure_at_pace({"sync", "naive-async"}, std::floor(rate), 200, {.kind = Durability::Kind::kLine}, "synced",
                           explanation().durable);
  }

  const Request& request_;
  const engine::MakeRunner& make_runner_;
  engine::RunObserver& observer_;
  reports::Report& report_;
  std::string reference_;  // of the block sizes
  int next_round_ = 0;
};

}  // namespace

bool measure(const Request& request, const engine::MakeRunner& make_runner, engine::RunObserver& observer,
             reports::Report& report) {
  const bool complete = Measurement(request, make_runner, observer, report).run();
  conclude(report);
  return complete;
}

}  // namespace writebench::explain
