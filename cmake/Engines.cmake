# DuckDB and XGBoost: a copy under CMAKE_PREFIX_PATH or of the system when it is new enough, else what ./setup fetched.
# Both are opened on first use (see lib/ext), never linked; only their C headers are needed to compile.
#   <root>/lib/mlsys/engines/libduckdb.so   <root>/lib/mlsys/engines/xgboost/lib/libxgboost.so
set(MLSYS_CACHE "$ENV{MLSYS_CACHE}" CACHE PATH "Where ./setup keeps what it fetched")
if(NOT MLSYS_CACHE)
  if(DEFINED ENV{XDG_CACHE_HOME})
    set(MLSYS_CACHE "$ENV{XDG_CACHE_HOME}/mlsys")
  else()
    set(MLSYS_CACHE "$ENV{HOME}/.cache/mlsys")
  endif()
endif()
set(fetched ${MLSYS_CACHE}/engines)
set(MLSYS_ENGINES_DESTINATION ${MLSYS_LIB_DIR}/engines)

# mlsys_installed_engine(NAME HEADER LIBRARY LEAST SOURCE)
#   Sets NAME_INCLUDE and NAME_LIBRARY when the system has that library in version LEAST or later. SOURCE is a program
#   that prints the version of the library it runs with.
function(mlsys_installed_engine name header library least source)
  find_path(MLSYS_SYSTEM_${name}_INCLUDE ${header})
  find_library(MLSYS_SYSTEM_${name}_LIBRARY ${library})
  mark_as_advanced(MLSYS_SYSTEM_${name}_INCLUDE MLSYS_SYSTEM_${name}_LIBRARY)
  set(${name}_LIBRARY "" PARENT_SCOPE)
  if(NOT MLSYS_SYSTEM_${name}_INCLUDE OR NOT MLSYS_SYSTEM_${name}_LIBRARY)
    return()
  endif()
  set(program ${CMAKE_BINARY_DIR}/CMakeFiles/version-of-${library}.cpp)
  file(WRITE ${program} "${source}")
  try_run(status compiled ${CMAKE_BINARY_DIR}/CMakeFiles SOURCES ${program}
    CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${MLSYS_SYSTEM_${name}_INCLUDE} LINK_LIBRARIES ${MLSYS_SYSTEM_${name}_LIBRARY}
    RUN_OUTPUT_VARIABLE version NO_CACHE)
  if(NOT compiled OR NOT status EQUAL 0 OR version VERSION_LESS least)
    message(STATUS "${MLSYS_SYSTEM_${name}_LIBRARY} is not used: version '${version}', needed ${least}")
    return()
  endif()
  file(REAL_PATH ${MLSYS_SYSTEM_${name}_LIBRARY} path)
  message(STATUS "${library} ${version}: ${path}")
  set(${name}_INCLUDE ${MLSYS_SYSTEM_${name}_INCLUDE} PARENT_SCOPE)
  set(${name}_LIBRARY ${path} PARENT_SCOPE)
endfunction()

# mlsys_place_engine(LIBRARY NAME): LIBRARY appears as engines/NAME in the build tree and in installations.
function(mlsys_place_engine library name)
  set(placed ${MLSYS_LIB_OUTPUT}/engines/${name})
  get_filename_component(folder ${name} DIRECTORY)
  get_filename_component(file ${name} NAME)
  file(TIMESTAMP ${library} wanted)
  file(TIMESTAMP ${placed} present)
  if(NOT wanted STREQUAL present)
    file(MAKE_DIRECTORY ${MLSYS_LIB_OUTPUT}/engines/${folder})
    file(CREATE_LINK ${library} ${placed} COPY_ON_ERROR)  # a hard link where possible: DuckDB alone is 70 MB
  endif()
  install(PROGRAMS ${library} DESTINATION ${MLSYS_ENGINES_DESTINATION}/${folder} RENAME ${file})
endfunction()

# Takes every file that ./setup fetched whose path begins with PREFIX.
function(mlsys_place_fetched prefix)
  file(GLOB_RECURSE files RELATIVE ${fetched}/lib ${fetched}/lib/*)
  list(FILTER files INCLUDE REGEX ^${prefix})
  if(NOT files)
    message(FATAL_ERROR "DuckDB and XGBoost have not been fetched: run ./setup first")
  endif()
  foreach(file IN LISTS files)
    mlsys_place_engine(${fetched}/lib/${file} ${file})
  endforeach()
endfunction()

mlsys_installed_engine(DUCKDB duckdb.h duckdb 1.4 "#include <duckdb.h>\n#include <cstdio>\n
int main() { const char* v = duckdb_library_version(); std::fputs(*v == 'v' ? v + 1 : v, stdout); }")
if(DUCKDB_LIBRARY)
  set(MLSYS_DUCKDB_INCLUDE ${DUCKDB_INCLUDE})
  mlsys_place_engine(${DUCKDB_LIBRARY} libduckdb.so)
else()
  set(MLSYS_DUCKDB_INCLUDE ${fetched}/include)
  mlsys_place_fetched(libduckdb)
endif()

mlsys_installed_engine(XGBOOST xgboost/c_api.h xgboost 3.1 "#include <xgboost/c_api.h>\n#include <cstdio>\n
int main() { int a, b, c; XGBoostVersion(&a, &b, &c); std::printf(\"%d.%d.%d\", a, b, c); }")
if(XGBOOST_LIBRARY)
  set(MLSYS_XGBOOST_INCLUDE ${XGBOOST_INCLUDE})
  mlsys_place_engine(${XGBOOST_LIBRARY} xgboost/lib/libxgboost.so)
else()
  set(MLSYS_XGBOOST_INCLUDE ${fetched}/include)
  mlsys_place_fetched(xgboost)
endif()

if(EXISTS ${fetched}/licenses)
  install(DIRECTORY ${fetched}/licenses DESTINATION ${MLSYS_SHARE_DIR})
endif()
