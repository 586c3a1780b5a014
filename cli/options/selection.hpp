#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "writebench/strategy.hpp"

namespace writebench::cli {

/// A family as `--strategy` takes it too: hyphens for spaces.
std::string word_of_family(std::string_view family);

/// The strategies that `--strategy` names, in the order of the table: each selector is a name, a glob (`*buffered`), a
/// family, or `all`; `^SELECTOR` takes out. Only exclusions mean all but those. A plain name given n times stands n
/// times (a twin, to compare a strategy with itself). Throws UsageError on a selector that matches nothing.
std::vector<Descriptor> select(std::span<const Descriptor> table, const std::vector<std::string>& selectors);

/// The same with the controls of the table that were neither selected nor taken out: every run measures what the
/// harness costs and what the machine can do at best.
std::vector<Descriptor> with_controls(std::vector<Descriptor> selected, std::span<const Descriptor> table,
                                      const std::vector<std::string>& selectors);

/// The same with the members of a family that were neither selected nor taken out, after the others.
std::vector<Descriptor> with_family(std::vector<Descriptor> selected, std::span<const Descriptor> table,
                                    const std::vector<std::string>& selectors, std::string_view family);

}  // namespace writebench::cli
