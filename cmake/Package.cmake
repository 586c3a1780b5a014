# Debian packages by CPack, one for each component of cmake/Install.cmake; scripts/package makes them.
set(WRITEBENCH_PACKAGE_VERSION ${PROJECT_VERSION} CACHE STRING "The version of the Debian packages")
set(WRITEBENCH_PACKAGE_EPOCH 0 CACHE STRING "The time in their changelog, in seconds since 1970")
set(WRITEBENCH_MAINTAINER "The writebench authors <writebench@packages.invalid>" CACHE STRING "The maintainer of the Debian packages")

set(packages writebench writebench-plot libwritebench-dev)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME writebench)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package has its own
set(CPACK_PACKAGE_VENDOR "The writebench authors")
set(CPACK_PACKAGE_CONTACT "${WRITEBENCH_MAINTAINER}")
set(CPACK_PACKAGE_VERSION ${WRITEBENCH_PACKAGE_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL ${packages})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_WRITEBENCH_PACKAGE_NAME writebench)
set(CPACK_DEBIAN_WRITEBENCH_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_WRITEBENCH_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_WRITEBENCH_PACKAGE_RECOMMENDS libglib2.0-0)  # a strategy loads it
set(CPACK_DEBIAN_WRITEBENCH_PACKAGE_SUGGESTS "writebench-plot, python3-aiofiles, nodejs")  # the programs of the origin case
set(CPACK_COMPONENT_WRITEBENCH_DESCRIPTION "benchmark of ways to write lines to a file
It runs the ways a program can write lines to a file side by side on this
machine, proves that each wrote the right bytes, and reports what each costs
and why. It compares two builds trial by trial, so that continuous
integration notices when one gets slower, and it takes programs in any
language as further strategies.")

set(CPACK_DEBIAN_WRITEBENCH-PLOT_PACKAGE_NAME writebench-plot)
set(CPACK_DEBIAN_WRITEBENCH-PLOT_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_WRITEBENCH-PLOT_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_WRITEBENCH-PLOT_PACKAGE_DEPENDS
    "writebench (>= ${WRITEBENCH_PACKAGE_VERSION}), python3 (>= 3.11), python3-matplotlib, python3-pil")
set(CPACK_COMPONENT_WRITEBENCH-PLOT_DESCRIPTION "pictures and pages of reports of writebench
writebench-plot draws the reports of writebench as pictures: every trial by
strategy, what the caller waited, what a line costs, sweeps with their knee.
writebench-page makes one HTML file of them that needs no network, with the
findings in words, the pictures, the tables and the reports themselves.")

get_property(linked_packages GLOBAL PROPERTY WRITEBENCH_LINKED_PACKAGES)
list(JOIN linked_packages ", " linked_packages)
set(CPACK_DEBIAN_LIBWRITEBENCH-DEV_PACKAGE_NAME libwritebench-dev)
set(CPACK_DEBIAN_LIBWRITEBENCH-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBWRITEBENCH-DEV_PACKAGE_DEPENDS "libfmt-dev, libbenchmark-dev, ${linked_packages}")
set(CPACK_DEBIAN_LIBWRITEBENCH-DEV_PACKAGE_SUGGESTS writebench)
set(CPACK_COMPONENT_LIBWRITEBENCH-DEV_DESCRIPTION "writebench as a library, for strategies of one's own
The interface of a strategy of writebench, a benchmark of ways to write lines
to a file, and all of the program but main as an archive: a program of one's
own can run its strategies beside those of writebench. With a package for
CMake and a file for pkg-config.")

# What Debian asks of a package: its copyright, its changelog, and why lintian is overruled.
set(ENV{SOURCE_DATE_EPOCH} ${WRITEBENCH_PACKAGE_EPOCH})
string(TIMESTAMP WRITEBENCH_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
unset(ENV{SOURCE_DATE_EPOCH})
foreach(package ${packages})
  set(directory ${PROJECT_BINARY_DIR}/packaging/${package})
  configure_file(packaging/changelog.in ${directory}/changelog @ONLY)
  execute_process(COMMAND gzip -9nkf ${directory}/changelog)
  install(FILES ${directory}/changelog.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${package})
  install(FILES packaging/${package}.copyright RENAME copyright
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${package})
  if(EXISTS ${PROJECT_SOURCE_DIR}/packaging/${package}.lintian-overrides)
    install(FILES packaging/${package}.lintian-overrides RENAME ${package}
            DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides COMPONENT ${package})
  endif()
endforeach()
set(CPACK_DEBIAN_WRITEBENCH-PLOT_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/packaging/postinst ${PROJECT_SOURCE_DIR}/packaging/prerm)
include(CPack)
