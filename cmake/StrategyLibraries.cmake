# The libraries that single strategies need. Each is optional: without it the strategies are listed all the same, and say
# which package they miss. Their sources ask WRITEBENCH_HAS_<NAME>, which is 0 or 1.
add_library(writebench_strategy_libraries INTERFACE)

# writebench_strategy_library(NAME package HEADERS header... [LIBRARIES library...] [LOADED] [SUFFIXES directory...] [DEFINITIONS ...]
#                             [SHARED_DEFINITIONS ...])
# A library may be given by several names, from best to worst: a|b. An archive comes first where there is one: a shared library
# makes every start of the program slower, also where no strategy uses it. SHARED_DEFINITIONS are for the case that there is
# none. LOADED: the strategy loads the library itself. The headers may lie in different directories: SUFFIXES are relative to
# include/ and to the directory of the libraries.
function(writebench_strategy_library name package)
  cmake_parse_arguments(PARSE_ARGV 2 wanted "LOADED" "" "HEADERS;LIBRARIES;SUFFIXES;DEFINITIONS;SHARED_DEFINITIONS")
  set(paths "")
  set(hints "")
  foreach(library IN LISTS wanted_LIBRARIES)
    string(REPLACE "|" ";" names "${library}")
    list(GET names -1 plain)
    find_library(${name}_${plain}_LIBRARY NAMES ${names})
    mark_as_advanced(${name}_${plain}_LIBRARY)
    list(APPEND paths ${${name}_${plain}_LIBRARY})
    cmake_path(GET ${name}_${plain}_LIBRARY PARENT_PATH library_directory)
    list(APPEND hints ${library_directory})
  endforeach()
  set(directories "")
  foreach(header IN LISTS wanted_HEADERS)
    string(MAKE_C_IDENTIFIER ${name}_${header}_DIR directory)
    find_path(${directory} ${header} HINTS ${hints} PATH_SUFFIXES ${wanted_SUFFIXES})
    mark_as_advanced(${directory})
    list(APPEND directories ${${directory}})
  endforeach()

  if("${paths};${directories}" MATCHES NOTFOUND)
    message(STATUS "${name} is missing: its strategies will be unavailable (scripts/quickstart installs ${package})")
    target_compile_definitions(writebench_strategy_libraries INTERFACE WRITEBENCH_HAS_${name}=0)
    set(WRITEBENCH_HAS_${name} OFF PARENT_SCOPE)
    return()
  endif()
  list(REMOVE_DUPLICATES directories)
  target_include_directories(writebench_strategy_libraries SYSTEM INTERFACE ${directories})
  if(paths MATCHES "\\.so")
    list(APPEND wanted_DEFINITIONS ${wanted_SHARED_DEFINITIONS})
  endif()
  if(paths AND NOT wanted_LOADED)
    set_property(GLOBAL APPEND PROPERTY WRITEBENCH_LINKED_PACKAGES ${package})  # who links the archive needs it too
  endif()
  if(NOT wanted_LOADED)
    target_link_libraries(writebench_strategy_libraries INTERFACE ${paths})
  endif()
  target_compile_definitions(writebench_strategy_libraries INTERFACE WRITEBENCH_HAS_${name}=1 ${wanted_DEFINITIONS})
  set(WRITEBENCH_HAS_${name} ON PARENT_SCOPE)
endfunction()

writebench_strategy_library(LIBURING liburing-dev HEADERS liburing.h LIBRARIES liburing.a|uring)
writebench_strategy_library(LIBAIO libaio-dev HEADERS libaio.h LIBRARIES libaio.a|aio)
writebench_strategy_library(LIBUV libuv1-dev HEADERS uv.h LIBRARIES libuv_a.a|uv)
writebench_strategy_library(SPDLOG libspdlog-dev HEADERS spdlog/spdlog.h DEFINITIONS SPDLOG_FMT_EXTERNAL)  # headers alone
writebench_strategy_library(GIO libglib2.0-dev HEADERS gio/gio.h glibconfig.h LIBRARIES gio-2.0 gobject-2.0 glib-2.0 LOADED
  SUFFIXES glib-2.0 glib-2.0/include)
writebench_strategy_library(LEVELDB libleveldb-dev HEADERS leveldb/env.h LIBRARIES libleveldb.a|leveldb)
writebench_strategy_library(BOOST_LOG libboost-log-dev HEADERS boost/log/core.hpp
  LIBRARIES libboost_log.a|boost_log libboost_filesystem.a|boost_filesystem libboost_thread.a|boost_thread
  SHARED_DEFINITIONS BOOST_ALL_DYN_LINK)

# Asio's files need io_uring. The definition changes Asio's types, so it holds for everything that uses Asio.
if(WRITEBENCH_HAS_LIBURING)
  target_compile_definitions(writebench_asio INTERFACE ASIO_HAS_IO_URING)
  target_link_libraries(writebench_asio INTERFACE ${LIBURING_uring_LIBRARY})
endif()
