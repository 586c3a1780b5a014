# How tests in Python are run: with the programs that they try, by path, and the modules that they share.

set(python_test_environment
  WRITEBENCH=$<TARGET_FILE:writebench>
  WRITEBENCH_WITH_FAULTS=$<TARGET_FILE:writebench_with_faults>
  WRITEBENCH_UNDER_FAULTS=$<TARGET_FILE:writebench_under_faults>
  WRITEBENCH_FAULTY_FS=$<TARGET_FILE:writebench_faulty_fs>
  WRITEBENCH_REREAD=$<TARGET_FILE:writebench_reread>
  WRITEBENCH_COMPARE_PY=${compare_py}
  WRITEBENCH_HYPERFINE=${hyperfine}
  WRITEBENCH_SCHEMA=${PROJECT_SOURCE_DIR}/reports/report.schema.json
  WRITEBENCH_SOURCE=${PROJECT_SOURCE_DIR}
  WRITEBENCH_BUILD=${PROJECT_BINARY_DIR}
  WRITEBENCH_SANITIZE=${WRITEBENCH_SANITIZE}
  PYTHONPATH=${PROJECT_SOURCE_DIR}/scripts:${CMAKE_CURRENT_SOURCE_DIR}/cli:${CMAKE_CURRENT_SOURCE_DIR}/scripts:${CMAKE_CURRENT_SOURCE_DIR}/faults
  PYTHONDONTWRITEBYTECODE=1)

# A file is one test: Python takes half a second to start, and its functions share what is expensive to make.
# These tests are the longest, so they start first. One that mostly WAITS takes half a processor, see scripts/test.
function(writebench_python_test name file)
  cmake_parse_arguments(TEST "WAITS" "" "" ${ARGN})
  set(half_processors 2)
  if(TEST_WAITS)
    set(half_processors 1)
  endif()
  add_test(NAME "${name}" COMMAND ${python} -m pytest -q -p no:cacheprovider ${file})
  set_tests_properties("${name}" PROPERTIES
    TIMEOUT 300 COST 100 PROCESSORS ${half_processors} ENVIRONMENT "${python_test_environment}")
endfunction()
