#include "strategies/table.hpp"

#include <algorithm>
#include <array>

#include "strategies/entries.hpp"

namespace writebench::strategies {

std::span<const Descriptor> table() {
  static const std::array entries{
      null_entry(),        bulk_entry(),        sync_entry(),     write_per_line_entry(),  sync_buffered_entry(),
      naive_async_entry(), thread_pool_entry(), buffered_entry(), double_buffered_entry(), pwrite_parallel_entry(),
  };
  return entries;
}

const Descriptor* find(std::string_view name) {
  const auto entries = table();
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Descriptor& d) { return d.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace writebench::strategies
