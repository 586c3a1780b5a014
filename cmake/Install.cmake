# The binary, the public headers, and a package: find_package(writebench) gives writebench::api to strategy authors.
include(CMakePackageConfigHelpers)

install(TARGETS writebench RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/writebench DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES reports/report.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/writebench)
install(TARGETS writebench_api EXPORT writebench)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/writebench)
install(EXPORT writebench NAMESPACE writebench:: FILE writebench-config.cmake DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/writebench-config-version.cmake COMPATIBILITY SameMinorVersion
                                 ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/writebench-config-version.cmake DESTINATION ${package_dir})
