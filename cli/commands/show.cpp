#include "cli/commands/show.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <utility>

#include "advise/conclude.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/text/advice_text.hpp"
#include "cli/text/crash_text.hpp"
#include "cli/text/csv_table.hpp"
#include "cli/text/markdown.hpp"
#include "cli/text/print.hpp"
#include "cli/text/table.hpp"
#include "reports/read/read.hpp"

namespace writebench::cli {
namespace {

struct TypedShow {
  std::string report;
  std::string sort = std::string(sort_by_time().name);
  std::string format = "table";
};

std::vector<std::string> sort_names() {
  std::vector<std::string> names;
  for (const SortKey& key : sort_keys()) names.emplace_back(key.name);
  return names;
}

// With what follows from the samples computed again.
reports::Report concluded(reports::Report report, const std::string& path) {
  try {
    advise::conclude(report);
  } catch (const std::runtime_error& error) {
    throw reports::BadReport(fmt::format("'{}' cannot be relied on: {}; measure again", path, error.what()));
  }
  return report;
}

std::string table(const reports::Report& report, const SortKey& sort) {
  std::string text;
  if (report.advice) text += render_advice(report, terminal_of(stdout));
  if (report.crash_test) text += render_crash_test(report, terminal_of(stdout));
  return text.empty() ? render_table(report, terminal_of(stdout), sort) : text;
}

std::string markdown(const reports::Report& report, const SortKey& sort) {
  return report.advice ? advice_markdown(report) : render_markdown(report, sort);
}

struct Format {
  const char* name;
  std::string (*text)(const reports::Report&, const SortKey&);
};
constexpr std::array<Format, 3> kFormats{{{"table", table}, {"markdown", markdown}, {"csv", render_csv}}};

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  names.reserve(kFormats.size());
  for (const Format& format : kFormats) names.emplace_back(format.name);
  return names;
}

}  // namespace

void declare_show(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("show", "the table of a report");
  const auto typed = std::make_shared<TypedShow>();
  command->add_option("REPORT", typed->report, "the file that a run wrote; '-' is stdin")
      ->check(offers(Offer::Kind::kReports))
      ->type_name("")
      ->required();
  command
      ->add_option("--sort", typed->sort,
                   fmt::format("the order within what is ranked together: {}", fmt::join(sort_names(), ", ")))
      ->check(offers_words(sort_names()))
      ->type_name("BY");
  command->add_option("--format", typed->format, fmt::format("{}", fmt::join(format_names(), ", ")))
      ->check(offers_words(format_names()))
      ->type_name("FORM");
  command->callback([typed, &action] {
    action = [typed] {
      const SortKey& sort = sort_keys()[parse_word("--sort", typed->sort, sort_names())];
      const Format& format = kFormats[parse_word("--format", typed->format, format_names())];
      reports::Report report = reports::read_report(typed->report);
      if (report.advice) report = concluded(std::move(report), typed->report);
      const std::string text = format.text(report, sort);
      format.text == table ? print_text(stdout, text) : print_document(stdout, text);
      return 0;
    };
  });
}

}  // namespace writebench::cli
