# What other CMake projects need of an installation, and the tarball for machines without a compiler.
#   find_package(mlsys REQUIRED COMPONENTS metrics data)   →   mlsys::metrics  mlsys::data
include(CMakePackageConfigHelpers)
set(MLSYS_CMAKE_DIR lib/cmake/mlsys)

install(EXPORT mlsys NAMESPACE mlsys:: DESTINATION ${MLSYS_CMAKE_DIR} FILE mlsys-targets.cmake)
configure_package_config_file(cmake/mlsys-config.cmake.in ${CMAKE_BINARY_DIR}/mlsys-config.cmake
  INSTALL_DESTINATION ${MLSYS_CMAKE_DIR})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/mlsys-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/mlsys-config.cmake ${CMAKE_BINARY_DIR}/mlsys-config-version.cmake
  DESTINATION ${MLSYS_CMAKE_DIR})
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${MLSYS_SHARE_DIR}/licenses RENAME mlsys.txt)

# dist/mlsys-<version>-linux-x86_64.tar.zst: an installation with copies of every library that is not libc's.
add_custom_target(dist
  COMMAND ${CMAKE_SOURCE_DIR}/cmake/dist.sh ${CMAKE_BINARY_DIR} ${PROJECT_VERSION} ${CMAKE_SOURCE_DIR}/dist
  USES_TERMINAL VERBATIM)
