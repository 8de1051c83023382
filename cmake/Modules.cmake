# mlsys_schemas()
#   schemas/*.schema.json of this folder, which describe the JSON documents written here, become share/mlsys/schemas.
function(mlsys_schemas)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/schemas/*.schema.json)
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME)
    configure_file(${file} ${MLSYS_SHARE_OUTPUT}/schemas/${name} COPYONLY)
  endforeach()
  install(FILES ${files} DESTINATION ${MLSYS_SHARE_DIR}/schemas)
endfunction()

# mlsys_module(NAME [USES module...] [OWNS wrapper-or-library...])
#   A shared library libmlsys-NAME.so from src/*.cpp, public headers in include/. USES are modules whose headers its
#   public headers include; OWNS are linked privately (vendor wrappers, vendor libraries).
function(mlsys_module name)
  cmake_parse_arguments(ARG "" "" "USES;OWNS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/*.cpp)
  add_library(mlsys-${name} SHARED ${sources})
  add_library(mlsys::${name} ALIAS mlsys-${name})
  target_include_directories(mlsys-${name} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
  target_include_directories(mlsys-${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  list(TRANSFORM ARG_USES PREPEND mlsys::)
  target_link_libraries(mlsys-${name} PUBLIC ${ARG_USES} PRIVATE $<BUILD_INTERFACE:mlsys-flags> ${ARG_OWNS})
  target_compile_features(mlsys-${name} PUBLIC cxx_std_20)
  set_target_properties(mlsys-${name} PROPERTIES
    EXPORT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY ${MLSYS_LIB_OUTPUT}
    INSTALL_RPATH "$ORIGIN")
  install(TARGETS mlsys-${name} EXPORT mlsys LIBRARY DESTINATION ${MLSYS_LIB_DIR})
  install(DIRECTORY include/ DESTINATION include)
  mlsys_schemas()
endfunction()

# mlsys_wrapper(NAME [SHARED] [USES module...] [LINKS vendor...])
#   A thin static wrapper of one external library, linked privately into the one module that owns it. One that several
#   own, and of which a process must have only one copy, is SHARED: libmlsys-ext-NAME.so, whose functions are annotated
#   with MLSYS_EXPORT.
function(mlsys_wrapper name)
  cmake_parse_arguments(ARG "SHARED" "" "USES;LINKS;INCLUDES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(ARG_SHARED)
    add_library(mlsys-ext-${name} SHARED ${sources})
    target_link_options(mlsys-ext-${name} PRIVATE -Wl,--exclude-libs,ALL)
    set_target_properties(mlsys-ext-${name} PROPERTIES
      EXPORT_NAME ext-${name}
      LIBRARY_OUTPUT_DIRECTORY ${MLSYS_LIB_OUTPUT}
      INSTALL_RPATH "$ORIGIN")
    install(TARGETS mlsys-ext-${name} EXPORT mlsys LIBRARY DESTINATION ${MLSYS_LIB_DIR})
  else()
    add_library(mlsys-ext-${name} STATIC ${sources})
  endif()
  add_library(mlsys::ext-${name} ALIAS mlsys-ext-${name})
  target_include_directories(mlsys-ext-${name} PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/lib>)
  target_include_directories(mlsys-ext-${name} SYSTEM PRIVATE ${ARG_INCLUDES})
  list(TRANSFORM ARG_USES PREPEND mlsys::)
  target_link_libraries(mlsys-ext-${name} PUBLIC ${ARG_USES} PRIVATE $<BUILD_INTERFACE:mlsys-flags> ${ARG_LINKS})
endfunction()

# mlsys_command(NAME [USES module...])
#   The loadable module of one subcommand, cli/commands/NAME*.cpp, loaded by `mlsys NAME` alone. One named COMMAND_VERB,
#   before COMMAND, is that verb, for one that needs more modules than those beside it (see load_verb()).
function(mlsys_command name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/commands/${name}.cpp
    ${CMAKE_CURRENT_SOURCE_DIR}/commands/${name}_*.cpp)
  get_property(others GLOBAL PROPERTY MLSYS_COMMANDS)
  if(others)
    list(TRANSFORM others REPLACE "(.+)" "${CMAKE_CURRENT_SOURCE_DIR}/commands/\\1.cpp")
    list(REMOVE_ITEM sources ${others})
  endif()
  add_library(mlsys-command-${name} MODULE ${sources})
  list(TRANSFORM ARG_USES PREPEND mlsys::)
  target_link_libraries(mlsys-command-${name} PRIVATE mlsys-flags mlsys::frame ${ARG_USES} fmt::fmt)
  target_include_directories(mlsys-command-${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/commands)
  set_target_properties(mlsys-command-${name} PROPERTIES
    PREFIX "" OUTPUT_NAME ${name}
    LIBRARY_OUTPUT_DIRECTORY ${MLSYS_LIB_OUTPUT}/commands
    INSTALL_RPATH "$ORIGIN/..")
  install(TARGETS mlsys-command-${name} LIBRARY DESTINATION ${MLSYS_LIB_DIR}/commands)
  set_property(GLOBAL APPEND PROPERTY MLSYS_COMMANDS ${name})
endfunction()
