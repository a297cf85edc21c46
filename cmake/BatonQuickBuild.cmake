# What makes a build quick; the option BATON_QUICK_BUILD switches it off.
#
# baton_precompile(TARGET KIND): the headers of libraries are compiled once for all targets of a kind, which need the same
# options.
#   measured     fmt and nlohmann-json
#   unmeasured   the same
#   test         and GoogleTest
# CLI11 is not among them: every unit that sees it compiles all of it, which takes seconds.
# Only headers of libraries, never our own: with those, every change would compile everything again.
set(baton_standard_headers <algorithm> <array> <atomic> <chrono> <cmath> <cstdint> <filesystem> <fstream> <functional> <map>
    <memory> <mutex> <optional> <span> <sstream> <string> <string_view> <thread> <unordered_map> <vector> <fmt/format.h>
    <nlohmann/json.hpp>)
set(baton_measured_headers ${baton_standard_headers})
set(baton_unmeasured_headers ${baton_standard_headers})
set(baton_test_headers ${baton_standard_headers} <gmock/gmock.h> <gtest/gtest.h>)
set(baton_measured_options baton_options)
set(baton_unmeasured_options baton_options baton_unmeasured)
set(baton_test_options baton_options baton_tested GTest::gmock)
function(baton_precompile target kind)
  if(NOT BATON_QUICK_BUILD)
    return()
  endif()
  set(owner baton_pch_${kind})
  set(targets ${target})
  if(NOT TARGET ${owner})
    file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/generated/empty.cpp" CONTENT "")
    add_library(${owner} OBJECT "${PROJECT_BINARY_DIR}/generated/empty.cpp")
    target_link_libraries(${owner} PRIVATE ${baton_${kind}_options} fmt::fmt nlohmann_json::nlohmann_json)
    target_precompile_headers(${owner} PRIVATE ${baton_${kind}_headers})
    list(APPEND targets ${owner})
  endif()
  target_link_libraries(${target} PRIVATE fmt::fmt)  # for its definition, without which the header is not usable
  target_precompile_headers(${target} REUSE_FROM ${owner})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    foreach(one IN LISTS targets)
      # From a precompiled header g++ 12 does not know any more that string_view is a system's, and warns of its memchr,
      # with a sanitizer also of string's memcpy. The last one is for ccache, whose manual asks for it.
      target_compile_options(${one} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-stringop-overread>
                             "$<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${BATON_SANITIZER}>>:-Wno-array-bounds;-Wno-stringop-overflow>"
                             $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${BATON_WITH_CCACHE}>>:-fpch-preprocess>)
    endforeach()
  endif()
endfunction()

# baton_share_units(TARGET): what its files include costs more to compile than what they say, so a few share a unit.
function(baton_share_units target)
  if(BATON_QUICK_BUILD)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 5)
  endif()
endfunction()
