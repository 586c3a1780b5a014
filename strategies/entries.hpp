#pragma once

#include "writebench/strategy.hpp"

// One function per strategy file, defined there: what the table lists.
namespace writebench::strategies {

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

}  // namespace writebench::strategies
