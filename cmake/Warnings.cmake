# What every target of ours is compiled with.
add_library(mlsys-flags INTERFACE)
target_compile_options(mlsys-flags INTERFACE
  -Wall -Wextra -Werror -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wnull-dereference -Wimplicit-fallthrough -ffp-contract=off -fno-semantic-interposition
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports std::string concatenation and std::optional as dangling or uninitialised when optimising (PR105329,
  # PR80635); both are checked by Clang and the sanitizers instead.
  target_compile_options(mlsys-flags INTERFACE -Wduplicated-cond -Wlogical-op -Wno-restrict -Wno-maybe-uninitialized)
else()
  # libstdc++ 12's std::stable_sort uses what it has itself declared deprecated; GCC reports ours all the same.
  target_compile_options(mlsys-flags INTERFACE -Wno-deprecated-declarations)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(mlsys-flags INTERFACE _FORTIFY_SOURCE=2)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR MLSYS_SANITIZE STREQUAL "thread")
  # GCC 12 sees null iterators in inlined standard algorithms when it optimises; Clang's analyser looks for real ones.
  target_compile_options(mlsys-flags INTERFACE -Wno-null-dereference)
endif()
target_compile_options(mlsys-flags INTERFACE -fstack-protector-strong)
target_link_options(mlsys-flags INTERFACE -Wl,--as-needed -Wl,-z,relro -Wl,-z,now)
if(CMAKE_UNITY_BUILD)
  # Both take the other sources of the same unit for headers; builds of one source at a time (dev, tidy) do warn.
  target_compile_options(mlsys-flags INTERFACE -Wno-shadow)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(mlsys-flags INTERFACE -Wno-subobject-linkage)
  endif()
endif()
if(MLSYS_SANITIZE)
  target_compile_options(mlsys-flags INTERFACE -fsanitize=${MLSYS_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(mlsys-flags INTERFACE -fsanitize=${MLSYS_SANITIZE})
else()
  target_link_options(mlsys-flags INTERFACE -Wl,--no-undefined)
endif()
if(MLSYS_FUZZERS)
  target_compile_options(mlsys-flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
