# Everything comes from the system's packages; what is missing is named with the Debian package that provides it.

# Sets <name>_FOUND, <name>_VERSION, and <name>_PACKAGE, the Debian package, for messages.
function(writebench_find_optional name package)
  find_package(${name} QUIET ${ARGN})
  set(${name}_FOUND "${${name}_FOUND}" PARENT_SCOPE)
  set(${name}_VERSION "${${name}_VERSION}" PARENT_SCOPE)
  set(${name}_PACKAGE "${package}" PARENT_SCOPE)
endfunction()

function(writebench_find name package)
  writebench_find_optional(${name} ${package} ${ARGN})
  if(NOT ${name}_FOUND)
    message(FATAL_ERROR "${name} is missing: install the Debian package ${package} (scripts/quickstart does it)")
  endif()
  set(${name}_VERSION "${${name}_VERSION}" PARENT_SCOPE)
endfunction()

function(writebench_find_header variable header package)
  find_path(${variable} ${header})
  if(NOT ${variable})
    message(FATAL_ERROR "${header} is missing: install the Debian package ${package} (scripts/quickstart does it)")
  endif()
endfunction()

writebench_find(Threads libc6-dev)
writebench_find(fmt libfmt-dev)
writebench_find(nlohmann_json nlohmann-json3-dev)
writebench_find(CLI11 libcli11-dev)
writebench_find(benchmark libbenchmark-dev)
writebench_find_header(ASIO_INCLUDE_DIR asio.hpp libasio-dev)
writebench_find_header(XXHASH_INCLUDE_DIR xxhash.h libxxhash-dev)

# Asio without Boost, header by header.
file(STRINGS ${ASIO_INCLUDE_DIR}/asio/version.hpp asio_version_line REGEX "#define ASIO_VERSION [0-9]+")
string(REGEX MATCH "[0-9]+" asio_number "${asio_version_line}")
math(EXPR asio_major "${asio_number} / 100000")
math(EXPR asio_minor "${asio_number} / 100 % 1000")
math(EXPR asio_patch "${asio_number} % 100")
set(ASIO_VERSION "${asio_major}.${asio_minor}.${asio_patch}")
add_library(writebench_asio INTERFACE)
target_include_directories(writebench_asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
# Otherwise each file decides how Asio allocates, by what it has included before.
target_compile_definitions(writebench_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED ASIO_HAS_STD_ALIGNED_ALLOC=1)
target_link_libraries(writebench_asio INTERFACE Threads::Threads)
# Clang 14 has the coroutines of C++20, but neither it nor libstdc++ nor Asio says so.
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15)
  target_compile_definitions(writebench_asio INTERFACE __cpp_impl_coroutine=201902L ASIO_HAS_CO_AWAIT ASIO_HAS_STD_COROUTINE)
endif()

file(STRINGS ${XXHASH_INCLUDE_DIR}/xxhash.h xxhash_version_lines REGEX "#define XXH_VERSION_(MAJOR|MINOR|RELEASE) +[0-9]+")
string(REGEX REPLACE "[^0-9;]*([0-9]+)[^;]*" "\\1" xxhash_numbers "${xxhash_version_lines}")
string(REPLACE ";" "." XXHASH_VERSION "${xxhash_numbers}")
