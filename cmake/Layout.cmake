# The build tree has the shape of an installation, so that both run the same way and can be moved:
#   mlsys  (bin/mlsys when installed)
#   lib/mlsys/libmlsys-*.so   lib/mlsys/commands/<command>.so   lib/mlsys/engines/...
#   share/mlsys/...
include(GNUInstallDirs)
set(MLSYS_LIB_DIR lib/mlsys)
set(MLSYS_SHARE_DIR share/mlsys)
set(MLSYS_LIB_OUTPUT ${CMAKE_BINARY_DIR}/${MLSYS_LIB_DIR})
set(MLSYS_SHARE_OUTPUT ${CMAKE_BINARY_DIR}/${MLSYS_SHARE_DIR})
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
