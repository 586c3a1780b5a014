#include "strategies/table.hpp"

#include <array>

namespace writebench::strategies {

// Each is defined in the strategy's own file.
Descriptor null_entry();
Descriptor bulk_entry();
Descriptor sync_entry();
Descriptor stdio_setvbuf_entry();
Descriptor stdio_flush_entry();
Descriptor ofstream_entry();
Descriptor ofstream_endl_entry();
Descriptor fmt_output_file_entry();
Descriptor write_per_line_entry();
Descriptor writev_batch_entry();
Descriptor append_per_line_entry();
Descriptor sync_buffered_entry();
Descriptor mutex_shared_entry();
Descriptor mmap_entry();
Descriptor naive_async_entry();
Descriptor thread_pool_entry();
Descriptor buffered_entry();
Descriptor double_buffered_entry();
Descriptor double_buffered_thread_entry();
Descriptor queue_per_line_entry();
Descriptor swap_queue_entry();
Descriptor spsc_rings_entry();
Descriptor deferred_format_entry();
Descriptor pwrite_parallel_entry();
Descriptor pwrite_blocks_entry();
Descriptor sharded_files_entry();
Descriptor sharded_files_merged_entry();
Descriptor group_commit_entry();
Descriptor preallocated_dsync_entry();
Descriptor io_uring_entry();
Descriptor io_uring_direct_entry();
Descriptor io_uring_linked_fsync_entry();
Descriptor direct_double_buffered_entry();
Descriptor dontcache_entry();
Descriptor writeback_hint_entry();
Descriptor posix_aio_entry();
Descriptor libaio_direct_entry();
Descriptor libuv_awaited_entry();
Descriptor libuv_batched_entry();
Descriptor asio_stream_file_entry();
Descriptor spdlog_sync_entry();
Descriptor spdlog_async_entry();
Descriptor boost_log_async_entry();
Descriptor glib_output_stream_entry();
Descriptor leveldb_writable_file_entry();
Descriptor copy_lines_entry();

std::span<const Descriptor> table() {
  static const std::array entries{
      // A line each, so that a new strategy adds a line.
      // clang-format off
      null_entry(),
      bulk_entry(),
      sync_entry(),
      stdio_setvbuf_entry(),
      stdio_flush_entry(),
      ofstream_entry(),
      ofstream_endl_entry(),
      fmt_output_file_entry(),
      write_per_line_entry(),
      writev_batch_entry(),
      append_per_line_entry(),
      sync_buffered_entry(),
      mutex_shared_entry(),
      mmap_entry(),
      naive_async_entry(),
      thread_pool_entry(),
      buffered_entry(),
      double_buffered_entry(),
      double_buffered_thread_entry(),
      queue_per_line_entry(),
      swap_queue_entry(),
      spsc_rings_entry(),
      deferred_format_entry(),
      pwrite_parallel_entry(),
      pwrite_blocks_entry(),
      sharded_files_entry(),
      sharded_files_merged_entry(),
      group_commit_entry(),
      preallocated_dsync_entry(),
      io_uring_entry(),
      io_uring_direct_entry(),
      io_uring_linked_fsync_entry(),
      direct_double_buffered_entry(),
      dontcache_entry(),
      writeback_hint_entry(),
      posix_aio_entry(),
      libaio_direct_entry(),
      libuv_awaited_entry(),
      libuv_batched_entry(),
      asio_stream_file_entry(),
      spdlog_sync_entry(),
      spdlog_async_entry(),
      boost_log_async_entry(),
      glib_output_stream_entry(),
      leveldb_writable_file_entry(),
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
