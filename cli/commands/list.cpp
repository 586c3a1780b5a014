#include "cli/commands/list.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cli/options/external_options.hpp"
#include "cli/options/origin_programs.hpp"
#include "cli/text/print.hpp"
#include "cli/text/terminal.hpp"
#include "cli/text/wrap.hpp"
#include "reports/json.hpp"

namespace writebench::cli {
namespace {

std::string contract(const Descriptor& strategy) {
  switch (strategy.contract.order) {
    case Order::kNothing: return "writes nothing";
    case Order::kRepeated: return "the first block again and again";
    case Order::kNone: return "whole lines in any order";
    case Order::kPerWriter: return "each writer's lines in order";
    case Order::kGlobal: return "all lines in order";
  }
  return "";
}

bool shared(const Option& option) {
  return std::any_of(kSharedOptions.begin(), kSharedOptions.end(),
                     [&](auto* known) { return known->name == option.name; });
}

std::string options_of(const Descriptor& strategy) {
  std::vector<std::string> names;
  for (const Option* option : strategy.options) {
    names.push_back(shared(*option) ? fmt::format("--{}", option->name)
                                    : fmt::format("--set {}.{}", strategy.name, option->name));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

void print(const Descriptor& strategy, std::size_t names, std::size_t columns) {
  const auto entry = [&](const std::string& name, const std::string& text) {
    print_text(stdout, wrapped("  " + left(name, names) + "  ", text, columns) + "\n");
  };
  entry(strategy.name, strategy.summary);
  entry("", fmt::format("{}, {}{}", contract(strategy),
                        strategy.contract.layout == Layout::kFilePerWriter ? "a file per writer" : "one file",
                        strategy.contract.each_line_durable ? "" : "; not with --durability line"));
  if (const std::string options = options_of(strategy); !options.empty()) entry("", "uses " + options);
  const bool is_program = strategy.make == nullptr;
  if (!strategy.takes_sync_call() && !is_program) entry("", "syncs in a way of its own: not by --sync-call");
  const auto reason = strategy.unavailable ? strategy.unavailable() : std::nullopt;
  if (reason) entry("", "unavailable here: " + *reason);
}

int list(std::vector<Descriptor> table, bool json) {
  const std::vector<Descriptor> origin = origin_entries();
  if (json) {
    print_document(stdout, reports::to_json(table, origin));
    return 0;
  }
  table.insert(table.end(), origin.begin(), origin.end());
  const std::size_t columns = terminal_of(stdout).columns;
  std::size_t names = 0;
  for (const Descriptor& strategy : table) names = std::max(names, width(strategy.name));
  std::string_view family;
  for (const Descriptor& strategy : table) {
    if (strategy.family != family)
      print_text(stdout, fmt::format("{}{}\n", family.empty() ? "" : "\n", strategy.family));
    family = strategy.family;
    print(strategy, names, columns);
  }
  return 0;
}

}  // namespace

void declare_list(CLI::App& app, std::span<const Descriptor> table, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("list", "the strategies and what each promises");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "as JSON");
  const auto external = std::make_shared<std::vector<std::string>>();
  declare_external(*command, *external, nullptr);
  command->callback([=, &action] {
    action = [=] {
      const Programs programs = ask_programs(*external, table);
      return list(with_programs(table, programs), *json);
    };
  });
}

}  // namespace writebench::cli
