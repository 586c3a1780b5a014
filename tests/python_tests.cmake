# How tests in Python are run: with the programs that they try, by path, and the modules that they share.

set(python_test_environment
  WRITEBENCH=$<TARGET_FILE:writebench>
  WRITEBENCH_WITH_FAULTS=$<TARGET_FILE:writebench_with_faults>
  WRITEBENCH_REREAD=$<TARGET_FILE:writebench_reread>
  WRITEBENCH_COMPARE_PY=${compare_py}
  WRITEBENCH_HYPERFINE=${hyperfine}
  WRITEBENCH_SCHEMA=${PROJECT_SOURCE_DIR}/reports/report.schema.json
  WRITEBENCH_SOURCE=${PROJECT_SOURCE_DIR}
  WRITEBENCH_BUILD=${PROJECT_BINARY_DIR}
  WRITEBENCH_SANITIZE=${WRITEBENCH_SANITIZE}
  PYTHONPATH=${PROJECT_SOURCE_DIR}/scripts:${CMAKE_CURRENT_SOURCE_DIR}/cli:${CMAKE_CURRENT_SOURCE_DIR}/scripts
  PYTHONDONTWRITEBYTECODE=1)

# A whole file as one test: its functions share what is expensive to make, such as pictures or a browser.
function(writebench_python_file name file)
  add_test(NAME "${name}" COMMAND ${python} -m pytest -q -p no:cacheprovider ${file})
  set_tests_properties("${name}" PROPERTIES TIMEOUT 300 ENVIRONMENT "${python_test_environment}")
endfunction()

# One test for each function of a file, found when CMake runs.
function(writebench_python_tests kind file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(STRINGS ${file} definitions REGEX "^def test_")
  foreach(definition ${definitions})
    string(REGEX REPLACE "^def (test_[a-z0-9_]+).*" "\\1" function ${definition})
    string(REGEX REPLACE "^test_" "" sentence ${function})
    string(REPLACE "_" " " sentence ${sentence})
    add_test(NAME "${kind}: ${sentence}" COMMAND ${python} -m pytest -q -p no:cacheprovider ${file}::${function})
    set_tests_properties("${kind}: ${sentence}" PROPERTIES TIMEOUT 300 ENVIRONMENT "${python_test_environment}")
  endforeach()
endfunction()
