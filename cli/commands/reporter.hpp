#pragma once

#include <optional>

#include "cli/text/progress.hpp"
#include "engine/run/run.hpp"
#include "reports/report.hpp"
#include "reports/report_file.hpp"

namespace writebench::cli {

/// Shows on stderr how far a measurement is, and saves its report on demand. When it is saved is up to who derives.
class Reporter : public engine::RunObserver {
 public:
  /// `report` and `store` must outlive it.
  Reporter(const reports::Report& report, const std::optional<reports::ReportFile>& store, bool quiet)
      : report_(report), store_(store), progress_(stderr, quiet) {}

  void look_begins(const engine::Cell& cell) override { progress_.look_begins(cell); }
  void look_ended(const engine::Cell& cell, std::optional<double> ns_per_line) override {
    progress_.look_ended(cell, ns_per_line);
  }
  void trial_begins(const engine::Cell& cell, engine::Round::Kind kind, std::chrono::nanoseconds remaining) override {
    progress_.trial_begins(cell, kind, remaining);
  }
  void waiting() override { progress_.redraw(); }
  void trial_ended(const engine::Cell& cell, const engine::Sample& sample) override {
    progress_.trial_ended(cell, sample);
  }

  /// Saves what has been measured. What cannot be saved now is tried again at the end; the measurement goes on.
  void save() const;

 private:
  const reports::Report& report_;
  const std::optional<reports::ReportFile>& store_;
  Progress progress_;
};

}  // namespace writebench::cli
