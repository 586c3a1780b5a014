#if WRITEBENCH_HAS_GIO
#include "strategies/libraries/gio.hpp"

#include <dlfcn.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include "strategies/support/library_needs.hpp"
#include "writebench/errors.hpp"

namespace writebench::strategies {
namespace {

constexpr const char* kName = "libgio-2.0.so.0";

// What the library and those that it needs take: about 6 MiB to load, and less than 1 MiB on the heap.
constexpr std::size_t kBytes = 12 << 20;

void* load() {
  expect_memory(kBytes);  // GLib ends the program if it gets none
  void* const library = ::dlopen(kName, RTLD_NOW | RTLD_LOCAL);
  if (library != nullptr) return library;
  const std::string reason = ::dlerror();
  if (reason.find(std::strerror(ENOENT)) == reason.npos) throw std::runtime_error("cannot load " + reason);
  throw Unsupported(reason + ": install libglib2.0-0");
}

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  if (function == nullptr) throw std::runtime_error(std::string(kName) + " has no " + name);
}

}  // namespace

Gio::Gio() {
  void* const library = load();
  find(library, "g_vfs_get_local", vfs_get_local);
  find(library, "g_vfs_get_file_for_path", vfs_get_file_for_path);
  find(library, "g_file_append_to", file_append_to);
  find(library, "g_buffered_output_stream_new_sized", buffered_output_stream_new_sized);
  find(library, "g_output_stream_write_all", output_stream_write_all);
  find(library, "g_output_stream_flush", output_stream_flush);
  find(library, "g_output_stream_close", output_stream_close);
  find(library, "g_object_unref", object_unref);
  find(library, "g_error_free", error_free);
}

const Gio& Gio::loaded() {
  static const Gio gio;
  return gio;
}

int Gio::error_number(GError* error) const {
  constexpr int kMost = 4095;  // of any error of the kernel
  int number = 1;
  while (number < kMost && !std::string_view(error->message).ends_with(std::strerror(number))) ++number;
  error_free(error);
  return number < kMost ? number : EIO;
}

}  // namespace writebench::strategies

#endif
