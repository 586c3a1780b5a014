#include "strategies/table.hpp"

#include <array>

namespace writebench::strategies {

// Each is defined in the strategy's own file.
Descriptor null_entry();
Descriptor bulk_entry();
Descriptor sync_entry();
Descriptor write_per_line_entry();
Descriptor sync_buffered_entry();
Descriptor naive_async_entry();
Descriptor thread_pool_entry();
Descriptor buffered_entry();
Descriptor double_buffered_entry();
Descriptor pwrite_parallel_entry();
Descriptor copy_lines_entry();

std::span<const Descriptor> table() {
  static const std::array entries{
      // A line each, so that a new strategy adds a line.
      // clang-format off
      null_entry(),
      bulk_entry(),
      sync_entry(),
      write_per_line_entry(),
      sync_buffered_entry(),
      naive_async_entry(),
      thread_pool_entry(),
      buffered_entry(),
      double_buffered_entry(),
      pwrite_parallel_entry(),
      copy_lines_entry(),
      // clang-format on
  };
  return entries;
}

const Descriptor* find(std::string_view name) {
  const auto entries = table();
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Descriptor& d) { return d.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace writebench::strategies
