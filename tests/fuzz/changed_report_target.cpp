#include <optional>
#include <string>

#include "engine/trial/sample_fields.hpp"
#include "reports/json.hpp"
#include "reports/read/read.hpp"
#include "tests/fuzz/chosen.hpp"
#include "tests/fuzz/shown_report.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/reports/full_report.hpp"

namespace writebench::fuzz {
namespace {

using reports::Report;

std::optional<std::int64_t> amount(Chosen& chosen) {
  switch (chosen.byte() % 4) {
    case 0: return std::nullopt;
    case 1: return static_cast<std::int64_t>(chosen.number(2));
    case 2: return INT64_MAX - static_cast<std::int64_t>(chosen.number(1));
    default: return static_cast<std::int64_t>(chosen.number() >> 1);
  }
}

void change_sample(engine::Sample& sample, Chosen& chosen) {
  const auto fields = engine::sample_fields();
  const engine::SampleField& field = fields[chosen.below(fields.size())];
  if (auto* const value = field.in(sample)) *value = amount(chosen);
}

void change_cell(engine::Cell& cell, Chosen& chosen) {
  switch (chosen.byte() % 10) {
    case 0: cell.id = chosen.text(); break;
    case 1: cell.strategy.name = chosen.text(); break;
    case 2: cell.strategy.family = chosen.text(); break;
    case 3: cell.parameters.lines = chosen.number(); break;
    case 4: cell.bytes = chosen.number(); break;
    case 5: cell.workload.input = chosen.text(); break;
    case 6: cell.workload.pace.think = std::chrono::nanoseconds(amount(chosen).value_or(0)); break;
    case 7: cell.workload.pace.lines_per_second = static_cast<double>(chosen.number()); break;
    case 8: cell.workload.pace.burst_lines = chosen.number(); break;
    default: cell.asked_lines = chosen.number(); break;
  }
}

void change_report(Report& report, Chosen& chosen) {
  switch (chosen.byte() % 8) {
    case 0: report.environment.file_system = chosen.text(); break;
    case 1: report.environment.kernel = chosen.text(); break;
    case 2: report.environment.cpu_model = chosen.text(); break;
    case 3: report.build.version = chosen.text(); break;
    case 4: report.warnings.push_back({"made-up", chosen.text()}); break;
    case 5: report.environment.memory_bytes = chosen.number(); break;
    case 6: report.command_line.push_back(chosen.text()); break;
    default: report.environment.directory = chosen.text(); break;
  }
}

}  // namespace

// A report that is right in itself, with a few values that the bytes choose. Random changes of the text hardly ever
// pass the checks of the reader, because summaries must follow from samples.
void changed_report(std::string_view bytes) {
  Chosen chosen(bytes);
  Report report = tests::full_report();
  for (int changes = 0; chosen.any() && changes < 32; ++changes) {
    engine::Cell& cell = report.cells[chosen.below(report.cells.size())];
    switch (chosen.byte() % 4) {
      case 0: change_report(report, chosen); break;
      case 1: change_cell(cell, chosen); break;
      default:
        if (!cell.samples.empty()) change_sample(cell.samples[chosen.below(cell.samples.size())], chosen);
    }
  }
  try {
    show_in_every_form(reports::parse_report(reports::to_json(report), "changed report"));
  } catch (const reports::BadReport& error) {
    require(*error.what() != 0, "a refusal says nothing");
  }
}

}  // namespace writebench::fuzz
