#include "cli/commands/list.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "reports/json.hpp"

namespace writebench::cli {
namespace {

std::string contract(const Descriptor& strategy) {
  switch (strategy.contract.order) {
    case Order::kNothing: return "writes nothing";
    case Order::kNone: return "whole lines in any order";
    case Order::kPerWriter: return "each writer's lines in order";
    case Order::kGlobal: return "all lines in order";
  }
  return "";
}

std::string uses(const Uses& uses) {
  std::string options;
  const auto add = [&](bool used, const char* option) {
    if (used) options += std::string(options.empty() ? "" : ", ") + option;
  };
  add(uses.writers, "--writers");
  add(uses.threads, "--threads");
  add(uses.buffer, "--buffer-size");
  add(uses.queue_depth, "--queue-depth");
  add(uses.in_flight_bytes, "--in-flight-bytes");
  return options;
}

void print(const Descriptor& strategy) {
  fmt::print("  {:<16} {}\n", strategy.name, strategy.summary);
  fmt::print("  {:<16} {}, one file{}\n", "", contract(strategy),
             strategy.contract.each_line_durable ? "" : "; not with --durability line");
  if (const std::string options = uses(strategy.uses); !options.empty()) fmt::print("  {:<16} uses {}\n", "", options);
  const auto reason = strategy.unavailable ? strategy.unavailable() : std::nullopt;
  if (reason) fmt::print("  {:<16} unavailable here: {}\n", "", *reason);
}

int list(std::span<const Descriptor> table, bool json) {
  if (json) {
    fmt::print("{}", reports::to_json(table));
    return 0;
  }
  std::string_view family;
  for (const Descriptor& strategy : table) {
    if (strategy.family != family) fmt::print("{}{}\n", family.empty() ? "" : "\n", strategy.family);
    family = strategy.family;
    print(strategy);
  }
  return 0;
}

}  // namespace

void declare_list(CLI::App& app, std::span<const Descriptor> table, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("list", "the strategies and what each promises");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "as JSON");
  command->callback([=, &action] { action = [=] { return list(table, *json); }; });
}

}  // namespace writebench::cli
