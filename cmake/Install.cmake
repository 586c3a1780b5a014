# What is installed, in three components, each of which becomes a Debian package of its name (cmake/Package.cmake):
# writebench, the program with its manual and completion; writebench-plot, the scripts that show reports; and
# libwritebench-dev, a package for CMake and pkg-config. find_package(writebench) gives writebench::api, the interface of a
# strategy, and writebench::program, all of the program but main, for those who run it with strategies of their own.
include(CMakePackageConfigHelpers)

set(data_dir ${CMAKE_INSTALL_DATADIR}/writebench)
set(prepared ${PROJECT_BINARY_DIR}/installed)  # what is not installed as it is in the sources

# writebench
install(TARGETS writebench RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT writebench)
install(DIRECTORY ${PROJECT_BINARY_DIR}/manual/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT writebench
        FILES_MATCHING PATTERN "*.1.gz" PATTERN scripts EXCLUDE)
install(FILES cli/shells/writebench.bash RENAME writebench
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT writebench)
install(FILES cli/shells/writebench.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT writebench)
# Where zsh looks depends on the prefix: Debian's packages have a directory of their own.
install(CODE "
  if(CMAKE_INSTALL_PREFIX MATCHES \"(^|/)usr$\")
    set(zsh_dir vendor-completions)
  else()
    set(zsh_dir site-functions)
  endif()
  file(INSTALL \"${PROJECT_SOURCE_DIR}/cli/shells/_writebench\"
       DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${zsh_dir}\")" COMPONENT writebench)
file(GLOB suites CONFIGURE_DEPENDS suites/*.toml)
install(FILES ${suites} DESTINATION ${data_dir}/suites COMPONENT writebench)
install(FILES reports/report.schema.json gate/comparison.schema.json DESTINATION ${data_dir} COMPONENT writebench)
# writebench starts their interpreters: these are no commands.
foreach(script origin.py origin.mjs)
  file(READ scripts/peers/${script} text)
  string(REGEX REPLACE "^#![^\n]*\n" "" text "${text}")
  file(WRITE ${prepared}/peers/${script} "${text}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS scripts/peers/${script})
  install(FILES ${prepared}/peers/${script} DESTINATION ${data_dir}/peers COMPONENT writebench)
endforeach()
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT writebench)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT writebench
        PATTERN gallery EXCLUDE PATTERN examples EXCLUDE)
file(GLOB_RECURSE examples CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} docs/examples/*)
list(FILTER examples EXCLUDE REGEX __pycache__)
foreach(file ${examples})
  file(READ ${file} start LIMIT 2)
  set(kind FILES)
  if(start STREQUAL "#!")
    set(kind PROGRAMS)
  endif()
  cmake_path(GET file PARENT_PATH directory)
  install(${kind} ${file} DESTINATION ${CMAKE_INSTALL_DOCDIR}/${directory} COMPONENT writebench)
endforeach()

# writebench-plot: the scripts as they are, a link to each by the name of its command, and the libraries of the page,
# which scripts/install-page-packages fetches.
foreach(script plot_report make_page)
  file(READ scripts/${script} text)
  string(REPLACE "#!/usr/bin/env python3" "#!/usr/bin/python3" text "${text}")
  file(CONFIGURE OUTPUT ${prepared}/${script} CONTENT "${text}" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS scripts/${script})
  install(PROGRAMS ${prepared}/${script} DESTINATION ${data_dir}/scripts COMPONENT writebench-plot)
endforeach()
install(FILES scripts/ending.py scripts/interpreter.py DESTINATION ${data_dir}/scripts COMPONENT writebench-plot)
install(DIRECTORY scripts/analysis scripts/plots scripts/page DESTINATION ${data_dir}/scripts COMPONENT writebench-plot
        PATTERN __pycache__ EXCLUDE PATTERN node_modules EXCLUDE PATTERN "package*.json" EXCLUDE)
foreach(file d3/dist/d3.min.js d3/LICENSE @observablehq/plot/dist/plot.umd.min.js @observablehq/plot/LICENSE)
  cmake_path(GET file PARENT_PATH directory)
  install(FILES scripts/page/node_modules/${file} DESTINATION ${data_dir}/scripts/page/node_modules/${directory}
          COMPONENT writebench-plot OPTIONAL)
endforeach()
file(RELATIVE_PATH scripts_from_bin /${CMAKE_INSTALL_BINDIR} /${data_dir}/scripts)
file(MAKE_DIRECTORY ${prepared})
foreach(command writebench-plot=plot_report writebench-page=make_page)
  string(REGEX MATCH "(.*)=(.*)" _ ${command})
  set(name ${CMAKE_MATCH_1})
  file(CREATE_LINK ${scripts_from_bin}/${CMAKE_MATCH_2} ${prepared}/${name} SYMBOLIC)
  install(FILES ${prepared}/${name} DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT writebench-plot)
endforeach()
install(DIRECTORY ${PROJECT_BINARY_DIR}/manual/scripts/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT writebench-plot
        FILES_MATCHING PATTERN "*.1.gz")

# libwritebench-dev
add_library(writebench_program STATIC
  $<TARGET_OBJECTS:writebench_cli> $<TARGET_OBJECTS:writebench_advise> $<TARGET_OBJECTS:writebench_crash>
  $<TARGET_OBJECTS:writebench_explain> $<TARGET_OBJECTS:writebench_gate> $<TARGET_OBJECTS:writebench_reports>
  $<TARGET_OBJECTS:writebench_engine> $<TARGET_OBJECTS:writebench_strategies>)
get_target_property(strategy_libraries writebench_strategy_libraries INTERFACE_LINK_LIBRARIES)
if(NOT strategy_libraries)
  set(strategy_libraries "")
endif()
set_target_properties(writebench_program PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME program)
target_link_libraries(writebench_program PUBLIC writebench_api PRIVATE fmt::fmt benchmark::benchmark Threads::Threads ${strategy_libraries})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/writebench)
install(TARGETS writebench_api writebench_program EXPORT writebench
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libwritebench-dev)
install(DIRECTORY include/writebench DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libwritebench-dev)
install(FILES cli/program.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/writebench/cli COMPONENT libwritebench-dev)
install(FILES strategies/table.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/writebench/strategies COMPONENT libwritebench-dev)
install(EXPORT writebench NAMESPACE writebench:: FILE writebench-targets.cmake DESTINATION ${package_dir}
        COMPONENT libwritebench-dev)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/writebench-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES cmake/writebench-config.cmake ${PROJECT_BINARY_DIR}/writebench-config-version.cmake
        DESTINATION ${package_dir} COMPONENT libwritebench-dev)
list(JOIN strategy_libraries " " strategy_libraries_text)
file(RELATIVE_PATH prefix_from_pkgconfig /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" prefix_from_pkgconfig "${prefix_from_pkgconfig}")
configure_file(cmake/writebench.pc.in ${prepared}/writebench.pc @ONLY)
install(FILES ${prepared}/writebench.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT libwritebench-dev)
