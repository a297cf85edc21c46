# Everything every target of ours is compiled with. A bare `cmake` builds Release without sanitizers.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, RelWithDebInfo or Debug" FORCE)
endif()
option(BATON_CHECKED "wrap every strategy in Checked, also where trials are timed" OFF)
set(BATON_SANITIZER "" CACHE STRING "address, undefined, thread or empty")
option(BATON_FUZZ "make the fuzz targets libFuzzer programs (clang only)" OFF)
set(BATON_ARCH "x86-64-v2" CACHE STRING "value of -march; empty for the compiler's default")
option(BATON_QUICK_BUILD "precompiled headers and shared units; without, the build also proves that every header stands alone" ON)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

add_library(baton_options INTERFACE)
target_compile_options(baton_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
                            -Wold-style-cast -Wcast-qual -Wundef -Werror>
  -g1 -fno-omit-frame-pointer
  $<$<CXX_COMPILER_ID:Clang>:-gdwarf-4>)  # valgrind of Debian 12 does not read clang's DWARF 5
target_include_directories(baton_options INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
if(BATON_ARCH AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(baton_options INTERFACE -march=${BATON_ARCH})
endif()
# Every function begins a cache line: where a strategy's code happens to lie is then the same within a line for all, and so is what
# that costs (docs/resolution.md).
target_compile_options(baton_options INTERFACE -falign-functions=64)
if(BATON_CHECKED)
  target_compile_definitions(baton_options INTERFACE BATON_CHECKED=1 _GLIBCXX_ASSERTIONS=1)
endif()
if(BATON_SANITIZER)
  if(NOT BATON_SANITIZER MATCHES "^(address|undefined|thread)$")
    message(FATAL_ERROR "BATON_SANITIZER is '${BATON_SANITIZER}'; valid are address, undefined, thread")
  endif()
  target_compile_options(baton_options INTERFACE -fsanitize=${BATON_SANITIZER} -fno-sanitize-recover=all)
  target_link_options(baton_options INTERFACE -fsanitize=${BATON_SANITIZER})
  target_compile_definitions(baton_options INTERFACE BATON_SANITIZER="${BATON_SANITIZER}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Sanitizers' extra code makes g++ see uninitialized reads where there are none (its manual says so).
    target_compile_options(baton_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-maybe-uninitialized>)
  endif()
  if(BATON_SANITIZER STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ warns that atomic_thread_fence is not understood by TSan; Baton uses none, its libraries do.
    target_compile_options(baton_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan> $<$<COMPILE_LANGUAGE:CXX>:-Wno-invalid-memory-model>)
  endif()
endif()
if(BATON_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "BATON_FUZZ needs clang, but the compiler is ${CMAKE_CXX_COMPILER_ID}; use the preset fuzz")
  endif()
  # Everything, llhttp's C too: what is not instrumented, the fuzzer cannot explore.
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
  target_compile_definitions(baton_options INTERFACE BATON_SANITIZER="address,undefined")
endif()

# What is not measured is compiled for a quick build. The first object that has an inline function decides how it was
# compiled for the whole program, so the program baton links the pipelines first (harness/CMakeLists.txt).
add_library(baton_unmeasured INTERFACE)
add_library(baton_tested INTERFACE)
if(NOT BATON_SANITIZER)
  target_compile_options(baton_unmeasured INTERFACE -O1)
  target_compile_options(baton_tested INTERFACE -O0)
endif()
