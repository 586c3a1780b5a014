# How tests in Python are run. A folder that registers some sets python_test_environment.

# The first python3 on the path may be one without the system's packages.
foreach(candidate python3 /usr/bin/python3)
  find_program(candidate_${candidate} ${candidate})
  if(NOT candidate_${candidate})
    continue()
  endif()
  execute_process(COMMAND ${candidate_${candidate}} -c "import jsonschema, pytest, scipy" RESULT_VARIABLE missing
    OUTPUT_QUIET ERROR_QUIET)
  if(missing EQUAL 0)
    set(python ${candidate_${candidate}})
    break()
  endif()
endforeach()
if(NOT python)
  message(FATAL_ERROR "No python3 can import pytest, jsonschema and scipy: install the Debian packages python3-pytest, "
    "python3-jsonschema and python3-scipy (scripts/test does it)")
endif()

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
