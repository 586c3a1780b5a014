#include "reports/read/read_advice.hpp"

#include "reports/read/read_cell.hpp"

namespace writebench::reports {
namespace {

Advice::Asked read_asked(const Field& field) {
  Advice::Asked asked;
  asked.goal = field.at("goal").word<Goal>();
  asked.lines_per_second = field.at("lines_per_second").or_null(&Field::number);
  asked.writers = field.at("writers").whole<std::uint64_t>(1);
  asked.order = field.at("order").word<Order>();
  asked.file_per_writer = field.at("file_per_writer").flag();
  asked.durability = read_durability(field.at("durability"));
  const auto count = [](const Field& number) { return number.whole<std::uint64_t>(); };
  asked.max_stall_ns = field.at("max_stall_ns").or_null(&Field::amount);
  asked.max_loss_bytes = field.at("max_loss_bytes").or_null(count);
  asked.max_loss_ns = field.at("max_loss_ns").or_null(&Field::amount);
  asked.max_memory_bytes = field.at("max_memory_bytes").or_null(count);
  asked.language = field.at("language").or_null(&Field::some_text).value_or("");
  return asked;
}

Advice::Figures read_figures(const Field& field) {
  Advice::Figures figures;
  figures.trials = field.at("trials").whole<std::size_t>();
  figures.disturbed_trials = field.at("disturbed_trials").whole<std::size_t>();
  figures.value_ns = field.at("value_ns").number();
  figures.ns_per_line = field.at("ns_per_line").number();
  figures.cpu_ns_per_line = field.at("cpu_ns_per_line").or_null(&Field::number);
  figures.stall_p999_ns = field.at("stall_p999_ns").or_null(&Field::number);
  figures.stall_max_ns = field.at("stall_max_ns").or_null(&Field::number);
  figures.memory_bytes = field.at("memory_bytes").or_null(&Field::number);
  figures.keeps_rate = field.at("keeps_rate").flag();
  figures.may_lose_bytes =
      field.at("may_lose_bytes").or_null([](const Field& bytes) { return bytes.whole<std::uint64_t>(); });
  return figures;
}

Estimate read_ratio(const Field& field) {
  const auto low = field.at("ci95_low").or_null(&Field::number);
  const auto high = field.at("ci95_high").or_null(&Field::number);
  Estimate ratio{field.at("median").number(), std::nullopt};
  if (low && high) ratio.ci95 = {*low, *high};
  return ratio;
}

Advice::Finalist read_finalist(const Field& field) {
  Advice::Finalist finalist{.cell = field.at("cell").some_text(),
                            .effort = field.at("effort").word<Effort>(),
                            .figures = read_figures(field.at("figures")),
                            .ratio = read_ratio(field.at("ratio")),
                            .rounds = field.at("rounds").whole<std::size_t>(),
                            .tied = field.at("tied").flag(),
                            .fulfils = field.at("fulfils").flag()};
  if (const auto made = field.find("makes_space")) finalist.makes_space = made->flag();
  return finalist;
}

Advice::Candidate read_candidate(const Field& field) {
  const auto value = [&](const char* key) {
    return field.at(key).or_null([](const Field& number) { return number.whole<std::uint64_t>(); }).value_or(0);
  };
  Advice::Candidate candidate;
  candidate.strategy = field.at("strategy").some_text();
  candidate.effort = field.at("effort").word<Effort>();
  candidate.size_option = field.at("size_option").or_null(&Field::some_text).value_or("");
  candidate.smallest_value = value("smallest_value");
  candidate.largest_value = value("largest_value");
  for (const Field& setting : field.at("settings").items()) candidate.settings.push_back(setting.some_text());
  return candidate;
}

}  // namespace

Advice read_advice(const Field& field) {
  Advice advice;
  advice.asked = read_asked(field.at("asked"));
  advice.recommended = field.at("recommended").flag();
  advice.harness_cell = field.at("harness_cell").or_null(&Field::some_text).value_or("");
  advice.harness_ns = field.at("harness_ns").or_null(&Field::number);
  advice.tie_margin = field.at("tie_margin").number();
  for (const Field& item : field.at("finalists").items()) advice.finalists.push_back(read_finalist(item));
  for (const Field& item : field.at("ruled_out").items()) {
    advice.ruled_out.push_back(
        {item.at("strategy").some_text(), item.at("by").word<Hurdle>(), item.at("reason").some_text()});
  }
  for (const Field& item : field.at("nearest").items()) {
    advice.nearest.push_back({item.at("constraint").word<Hurdle>(), item.at("cell").some_text(),
                              item.at("asked").number(), item.at("found").number()});
  }
  for (const Field& item : field.at("candidates").items()) advice.candidates.push_back(read_candidate(item));
  for (const Field& item : field.at("findings").items()) {
    advice.findings.push_back({item.at("code").some_text(), item.at("text").some_text()});
  }
  return advice;
}

}  // namespace writebench::reports
