# Tells harness/measure/build_info.cpp what it was built from. Include it where the target baton_measure exists.
#   generated/baton/build_commit.hpp     refreshed by every build, changed only when commit or work tree did
#   generated/baton/build_libraries.hpp  made at configuration
find_package(Git QUIET)

file(STRINGS "${LLHTTP_INCLUDE_DIR}/llhttp/llhttp.h" llhttp_lines REGEX "#define LLHTTP_VERSION_(MAJOR|MINOR|PATCH) ")
list(TRANSFORM llhttp_lines REPLACE "^#define [A-Z_]+ ([0-9]+).*" "\\1")
list(JOIN llhttp_lines "." llhttp_VERSION)
set(entries "")
foreach(library IN ITEMS llhttp fmt CLI11 nlohmann_json tomlplusplus hwloc ZLIB zstd)
  set(version "${${library}_VERSION}")
  if(version STREQUAL "")
    set(version "unavailable")
  endif()
  string(APPEND entries "{\"${library}\", \"${version}\"}, ")
endforeach()
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/generated/baton/build_libraries.hpp"
     CONTENT "// Made by cmake/BatonBuildInfo.cmake. Do not edit.\n#define BATON_LIBRARIES @entries@\n" @ONLY)

add_custom_target(baton_build_commit
  COMMAND "${CMAKE_COMMAND}" "-DGIT=${GIT_EXECUTABLE}" "-DSOURCE_DIR=${PROJECT_SOURCE_DIR}"
          "-DHEADER=${PROJECT_BINARY_DIR}/generated/baton/build_commit.hpp"
          -P "${PROJECT_SOURCE_DIR}/cmake/write_build_commit.cmake"
  BYPRODUCTS "${PROJECT_BINARY_DIR}/generated/baton/build_commit.hpp"
  COMMENT "" VERBATIM)
add_dependencies(baton_measure baton_build_commit)

string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}}" build_type_flags)
set_property(SOURCE "${PROJECT_SOURCE_DIR}/harness/measure/build_info.cpp" APPEND PROPERTY COMPILE_DEFINITIONS
  BATON_VERSION="${PROJECT_VERSION}" BATON_BUILD_TYPE="${CMAKE_BUILD_TYPE}"
  BATON_FLAGS="${build_type_flags} $<JOIN:$<TARGET_PROPERTY:baton_measure,COMPILE_OPTIONS>, >")
