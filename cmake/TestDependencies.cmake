# Whether the tests are built, and what they need: sets build_tests, python, compare_py, hyperfine and the FUSE3 paths.
set(build_tests OFF)
if(NOT WRITEBENCH_TESTS OR (WRITEBENCH_TESTS STREQUAL AUTO AND NOT PROJECT_IS_TOP_LEVEL))
  return()
endif()

set(missing_test_packages "")
writebench_find_optional(GTest libgtest-dev)
if(NOT GTest_FOUND)
  list(APPEND missing_test_packages ${GTest_PACKAGE})
endif()

# The first python3 on the path may be one without the system's packages.
set(python_modules jsonschema matplotlib pytest scipy selenium yaml)
list(JOIN python_modules ", " imported)
set(python "")
foreach(candidate python3 /usr/bin/python3)
  find_program(candidate_${candidate} ${candidate})
  if(NOT candidate_${candidate})
    continue()
  endif()
  execute_process(COMMAND ${candidate_${candidate}} -c "import ${imported}" RESULT_VARIABLE missing
    OUTPUT_QUIET ERROR_QUIET)
  if(missing EQUAL 0)
    set(python ${candidate_${candidate}})
    break()
  endif()
endforeach()
if(NOT python)
  list(TRANSFORM python_modules PREPEND "python3-" OUTPUT_VARIABLE packages)
  list(APPEND missing_test_packages ${packages})
endif()

# These programs read our exports.
find_file(compare_py compare.py PATHS /usr/share/benchmark NO_DEFAULT_PATH)
if(NOT compare_py)
  list(APPEND missing_test_packages libbenchmark-tools)
endif()
find_program(hyperfine hyperfine)
if(NOT hyperfine)
  list(APPEND missing_test_packages hyperfine)
endif()


# The tests of faults mount file systems of their own.
find_path(FUSE3_INCLUDE_DIR fuse3/fuse_lowlevel.h)
find_library(FUSE3_LIBRARY fuse3)
if(NOT FUSE3_INCLUDE_DIR OR NOT FUSE3_LIBRARY)
  list(APPEND missing_test_packages libfuse3-dev)
endif()

list(JOIN missing_test_packages " " packages)
if(NOT missing_test_packages)
  set(build_tests ON)
elseif(WRITEBENCH_TESTS STREQUAL AUTO)
  message(STATUS "The tests are not built: they need ${packages} (scripts/test installs these Debian packages)")
else()
  message(FATAL_ERROR "The tests need the Debian packages ${packages} (scripts/test installs them)")
endif()
