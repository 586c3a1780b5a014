#include "gate/matching.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reports/json.hpp"

namespace writebench::gate {
namespace {

using engine::Cell;

// Controls and twins are not compared; other cells are compared with them.
bool is_compared(const Cell& cell) { return !reports::is_control(cell) && !reports::is_twin(cell); }

// The first property in which two cells differ; no value if their times can be compared.
class Unlike {
 public:
  template <class T>
  void field(const char* name, const T& base, const T& head) {
    if (!found_ && base != head) found_ = fmt::format("{} is {} in the base and {} in the head", name, base, head);
  }
  template <class T>
  void field(const char* name, const std::optional<T>& base, const std::optional<T>& head) {
    const auto text = [](const std::optional<T>& value) { return value ? fmt::format("{}", *value) : "none"; };
    field(name, text(base), text(head));
  }
  std::optional<std::string> found() && { return std::move(found_); }

 private:
  std::optional<std::string> found_;
};

std::string text_of(const OptionValue* option) {
  if (option == nullptr) return "none";
  return option->kind == Option::Kind::kWord ? option->word : std::to_string(option->number);
}

std::optional<std::string> why_unlike(const Cell& base, const Cell& head) {
  Unlike unlike;
  const Contract& a = base.strategy.contract;
  const Contract& b = head.strategy.contract;
  unlike.field("contract.order", reports::to_string(a.order), reports::to_string(b.order));
  unlike.field("contract.layout", reports::to_string(a.layout), reports::to_string(b.layout));
  const Parameters& p = base.parameters;
  const Parameters& q = head.parameters;
  unlike.field("durability", reports::to_string(p.durability), reports::to_string(q.durability));
  unlike.field("lines", p.lines, q.lines);
  const engine::Workload& w = base.workload;
  const engine::Workload& v = head.workload;
  unlike.field("lines_kind", w.lines_kind, v.lines_kind);
  const auto content = [](const engine::Workload& work) { return work.random_bytes ? "random" : "as their kind says"; };
  unlike.field("line_content", content(w), content(v));
  unlike.field("min_line_bytes", w.min_line_bytes, v.min_line_bytes);
  unlike.field("max_line_bytes", w.max_line_bytes, v.max_line_bytes);
  unlike.field("bytes", base.bytes, head.bytes);
  unlike.field("think_ns", w.pace.think.count(), v.pace.think.count());
  unlike.field("due_lines_per_second", w.pace.lines_per_second, v.pace.lines_per_second);
  unlike.field("burst_lines", w.pace.burst_lines, v.pace.burst_lines);
  unlike.field("file_state", engine::to_string(w.file_state), engine::to_string(v.file_state));
  unlike.field("preallocation", engine::to_string(w.preallocation), engine::to_string(v.preallocation));
  const auto caches = [](const engine::Workload& work) { return work.cold_caches ? "cold" : "warm"; };
  unlike.field("caches", caches(w), caches(v));
  for (const OptionValue& value : q.options)
    unlike.field(value.key.c_str(), text_of(p.find(value.name)), text_of(&value));
  for (const OptionValue& value : p.options)
    unlike.field(value.key.c_str(), text_of(&value), text_of(q.find(value.name)));
  return std::move(unlike).found();
}

bool failed(const Cell& cell) { return cell.status && *cell.status != engine::Outcome::kOk; }
bool broken(const Cell& cell) { return failed(cell) && *cell.status != engine::Outcome::kUnavailable; }
bool usable(const Cell& cell) { return cell.status == engine::Outcome::kOk && !engine::times_ns(cell).empty(); }

std::string state_of(const Cell& cell) {
  if (!cell.status) return "was not measured";
  if (*cell.status == engine::Outcome::kOk) return "has no trial";
  return fmt::format("{}{}{}", engine::to_string(*cell.status), cell.status_detail.empty() ? "" : ": ",
                     cell.status_detail);
}

// The cells of the base that equal the head's cell; if there are none, the reason why the nearest one does not.
struct Candidates {
  std::vector<const Cell*> like;
  std::string nearest = "is not in the base";
};

Candidates candidates(const Cell& head, const reports::Report& base) {
  Candidates found;
  for (const Cell& cell : base.cells) {
    if (cell.strategy.name != head.strategy.name) continue;
    if (const auto reason = why_unlike(cell, head); !reason) {
      found.like.push_back(&cell);
    } else if (cell.id == head.id) {
      found.nearest = *reason;
    }
  }
  return found;
}

}  // namespace

std::string identity_of(const Cell& cell) {
  const auto number = [](const std::optional<std::uint64_t>& value) {
    return value ? std::to_string(*value) : std::string("none");
  };
  const engine::Workload& work = cell.workload;
  std::string text = fmt::format(
      "{} order={} layout={} durability={} lines={} bytes={} lines_kind={} min_line_bytes={} max_line_bytes={} "
      "think_ns={} "
      "due_lines_per_second={} burst_lines={} file_state={} preallocation={}",
      cell.strategy.name, reports::to_string(cell.strategy.contract.order),
      reports::to_string(cell.strategy.contract.layout), reports::to_string(cell.parameters.durability),
      cell.parameters.lines, cell.bytes, work.lines_kind, number(work.min_line_bytes), number(work.max_line_bytes),
      work.pace.think.count(), work.pace.lines_per_second, work.pace.burst_lines, engine::to_string(work.file_state),
      engine::to_string(work.preallocation));
  std::set<std::string> options;
  for (const OptionValue& option : cell.parameters.options) options.insert(option.key + "=" + text_of(&option));
  if (work.random_bytes) text += " line_content=random";
  if (work.cold_caches) text += " caches=cold";
  for (const std::string& option : options) text += " " + option;
  return text;
}

const Cell* reference_of(const Cell& cell, const reports::Report& report) {
  const auto found = std::find_if(report.cells.begin(), report.cells.end(), [&](const Cell& other) {
    return other.strategy.name == reports::kReference && other.status == engine::Outcome::kOk &&
           engine::same_work(other, cell);
  });
  return found == report.cells.end() ? nullptr : &*found;
}

Matching match(const reports::Report& base, const reports::Report& head) {
  Matching matching;
  std::vector<const Cell*> seen;
  for (const Cell& cell : head.cells) {
    if (!is_compared(cell)) continue;
    const Candidates found = candidates(cell, base);
    seen.insert(seen.end(), found.like.begin(), found.like.end());
    if (found.like.empty()) {
      matching.rest.push_back({cell.id, found.nearest, false, broken(cell)});
      continue;
    }
    const Cell& partner = *found.like.front();
    // A cell that failed at once in the head has no trial in the base either.
    if (!usable(partner) && (failed(partner) || !failed(cell))) {
      matching.rest.push_back(
          {cell.id, fmt::format("in the base: {}", state_of(partner)), false, broken(partner) || broken(cell)});
    } else if (!usable(cell)) {
      matching.rest.push_back({cell.id, fmt::format("in the head: {}", state_of(cell)), true, true});
    } else {
      matching.matches.push_back({&partner, &cell, found.like.size() > 1 ? found.like[1] : nullptr});
    }
  }
  for (const Cell& cell : base.cells) {
    const bool named = std::any_of(matching.rest.begin(), matching.rest.end(),
                                   [&](const Unmatched& unmatched) { return unmatched.id == cell.id; });
    if (!is_compared(cell) || named || std::find(seen.begin(), seen.end(), &cell) != seen.end()) {
      continue;
    }
    matching.rest.push_back({cell.id, "is not in the head", usable(cell), broken(cell)});
  }
  return matching;
}

}  // namespace writebench::gate
