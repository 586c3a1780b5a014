# The binary, and a package: find_package(writebench) gives writebench::api, the interface of a strategy, and
# writebench::program, all of the program but main, for those who run it with strategies of their own.
include(CMakePackageConfigHelpers)

add_library(writebench_program STATIC
  $<TARGET_OBJECTS:writebench_cli> $<TARGET_OBJECTS:writebench_crash> $<TARGET_OBJECTS:writebench_explain> $<TARGET_OBJECTS:writebench_gate> $<TARGET_OBJECTS:writebench_reports>
  $<TARGET_OBJECTS:writebench_engine> $<TARGET_OBJECTS:writebench_strategies>)
set_target_properties(writebench_program PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME program)
target_link_libraries(writebench_program PUBLIC writebench_api PRIVATE fmt::fmt benchmark::benchmark Threads::Threads)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/writebench)
install(TARGETS writebench RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS writebench_api writebench_program EXPORT writebench ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/writebench DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES cli/program.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/writebench/cli)
install(FILES strategies/table.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/writebench/strategies)
install(FILES reports/report.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/writebench)
install(PROGRAMS scripts/peers/origin.py scripts/peers/origin.mjs
        DESTINATION ${CMAKE_INSTALL_DATADIR}/writebench/peers)
install(EXPORT writebench NAMESPACE writebench:: FILE writebench-targets.cmake DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/writebench-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES cmake/writebench-config.cmake ${PROJECT_BINARY_DIR}/writebench-config-version.cmake
        DESTINATION ${package_dir})
