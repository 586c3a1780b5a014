# Every target of ours links writebench_warnings: the warnings, and the sanitizers if some are asked for.
add_library(writebench_warnings INTERFACE)
target_compile_options(writebench_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)

set(WRITEBENCH_SANITIZE "" CACHE STRING "Sanitizers to build with, such as address,undefined or thread")
set(WRITEBENCH_SANITIZER_OPTIONS "")
if(WRITEBENCH_SANITIZE)
  set(WRITEBENCH_SANITIZER_OPTIONS -fsanitize=${WRITEBENCH_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(writebench_warnings INTERFACE -fsanitize=${WRITEBENCH_SANITIZE})
endif()
if(WRITEBENCH_SANITIZE MATCHES thread)
  list(APPEND WRITEBENCH_SANITIZER_OPTIONS -Wno-tsan)  # Asio uses fences, which the sanitizer does not model.
endif()
target_compile_options(writebench_warnings INTERFACE ${WRITEBENCH_SANITIZER_OPTIONS})

# For what is not timed: templates of CLI11, fmt and nlohmann take long to optimise.
set(WRITEBENCH_UNTIMED_OPTIONS $<$<CONFIG:Release>:-O1>)
