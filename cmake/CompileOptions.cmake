# Every target of ours links writebench_warnings: the warnings, the hardening of optimised builds, and the sanitizers if
# some are asked for.
add_library(writebench_warnings INTERFACE)
target_compile_options(writebench_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)

set(WRITEBENCH_SANITIZE "" CACHE STRING "Sanitizers to build with, such as address,undefined or thread")
set(WRITEBENCH_SANITIZER_OPTIONS "")
if(WRITEBENCH_SANITIZE)
  set(WRITEBENCH_SANITIZER_OPTIONS -fsanitize=${WRITEBENCH_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(writebench_warnings INTERFACE -fsanitize=${WRITEBENCH_SANITIZE})
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)  # It does not define what GCC does.
  if(WRITEBENCH_SANITIZE MATCHES address)
    list(APPEND WRITEBENCH_SANITIZER_OPTIONS -D__SANITIZE_ADDRESS__=1)
  elseif(WRITEBENCH_SANITIZE MATCHES thread)
    list(APPEND WRITEBENCH_SANITIZER_OPTIONS -D__SANITIZE_THREAD__=1)
  endif()
endif()
if(WRITEBENCH_SANITIZE MATCHES undefined AND CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  list(APPEND WRITEBENCH_SANITIZER_OPTIONS -fno-sanitize=function)  # Clang 14 cannot assemble it with coroutines.
endif()
if(WRITEBENCH_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  list(APPEND WRITEBENCH_SANITIZER_OPTIONS -Wno-tsan)  # Asio uses fences, which the sanitizer does not model.
endif()
# For scripts/fuzz: everything is instrumented for libFuzzer, and tests/fuzz has the program `fuzz`. Needs Clang.
option(WRITEBENCH_FUZZ "Build the fuzzer too" OFF)
if(WRITEBENCH_FUZZ)
  list(APPEND WRITEBENCH_SANITIZER_OPTIONS -fsanitize=fuzzer-no-link)
endif()
target_compile_options(writebench_warnings INTERFACE ${WRITEBENCH_SANITIZER_OPTIONS})

# A fault in what reads foreign files should end the program, not obey the file. SECURITY.md says what it costs.
# Debug builds do without, because _FORTIFY_SOURCE needs an optimiser, and sanitizers find more.
option(WRITEBENCH_HARDEN "Harden optimised builds: stack protector, _FORTIFY_SOURCE, RELRO, position-independent program" ON)
set(WRITEBENCH_HARDENING_OPTIONS "")
if(WRITEBENCH_HARDEN AND NOT WRITEBENCH_SANITIZE AND CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo|MinSizeRel)$")
  include(CheckPIESupported)
  check_pie_supported()
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  set(WRITEBENCH_HARDENING_OPTIONS -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  target_compile_options(writebench_warnings INTERFACE ${WRITEBENCH_HARDENING_OPTIONS})
  target_link_options(writebench_warnings INTERFACE LINKER:-z,relro,-z,now)
endif()

# For what is timed. A short loop across a border of what the processor decodes at once is slow: walking a line took 1.5 or
# 2.3 ns, depending on how much code was before it. These borders are 32 or 64 bytes apart.
set(WRITEBENCH_TIMED_OPTIONS -falign-functions=64 -falign-loops=64)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)  # To GCC a loop that is entered in its middle is the target of a jump.
  list(APPEND WRITEBENCH_TIMED_OPTIONS -falign-jumps=64)
endif()

# For what is not timed: templates of CLI11, fmt and nlohmann take long to optimise.
set(WRITEBENCH_UNTIMED_OPTIONS $<$<CONFIG:Release>:-O1>)
