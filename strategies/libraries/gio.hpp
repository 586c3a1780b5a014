#pragma once

#include <gio/gio.h>

#include <cstddef>

namespace writebench::strategies {

/// The functions of GIO that a file is written with. The library is loaded by the first trial that uses it, in its
/// process: with what it needs it takes some milliseconds, which no other trial and no other command is to pay.
class Gio {
 public:
  /// Throws Unsupported if the library is not there, and std::runtime_error with the reason if it cannot be loaded.
  static const Gio& loaded();

  /// The errno of an error, which it frees. GLib tells the reason only in words, and errno is another by then.
  int error_number(GError* error) const;

  decltype(&::g_vfs_get_local) vfs_get_local;
  decltype(&::g_vfs_get_file_for_path) vfs_get_file_for_path;
  decltype(&::g_file_append_to) file_append_to;
  decltype(&::g_buffered_output_stream_new_sized) buffered_output_stream_new_sized;
  decltype(&::g_output_stream_write_all) output_stream_write_all;
  decltype(&::g_output_stream_flush) output_stream_flush;
  decltype(&::g_output_stream_close) output_stream_close;
  decltype(&::g_object_unref) object_unref;

 private:
  Gio();

  decltype(&::g_error_free) error_free;
};

}  // namespace writebench::strategies
