# Writes which commit the sources are at, unless the file says it already:
#   cmake -D source=DIRECTORY -D template=FILE -D output=FILE -P Commit.cmake
# Empty if the sources are no checkout of their own, or git cannot tell.
set(WRITEBENCH_COMMIT "")
execute_process(COMMAND git -C ${source} rev-parse --show-toplevel
  OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(NOT failed AND top STREQUAL source)
  execute_process(COMMAND git --no-optional-locks -C ${source} describe --always --dirty --abbrev=40 --exclude=*
    OUTPUT_VARIABLE WRITEBENCH_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
configure_file(${template} ${output} @ONLY)  # leaves a file alone that would not change
