# llhttp from the C sources that Debian's package node-llhttp ships.
find_path(LLHTTP_INCLUDE_DIR llhttp/llhttp.h PATHS /usr/share/include)
find_path(LLHTTP_SOURCE_DIR llhttp.c PATHS /usr/share/llhttp)
if(NOT LLHTTP_INCLUDE_DIR OR NOT LLHTTP_SOURCE_DIR)
  message(FATAL_ERROR "llhttp's sources were not found. On Debian: apt-get install node-llhttp")
endif()
add_library(llhttp STATIC
  "${LLHTTP_SOURCE_DIR}/llhttp.c" "${LLHTTP_SOURCE_DIR}/api.c" "${LLHTTP_SOURCE_DIR}/http.c")
target_include_directories(llhttp SYSTEM PUBLIC "${LLHTTP_INCLUDE_DIR}" "${LLHTTP_INCLUDE_DIR}/llhttp")
# Strict: in its loose mode white space is part of a header's name and a CR alone ends the head.
target_compile_definitions(llhttp PUBLIC LLHTTP_STRICT_MODE=1)
target_compile_options(llhttp PRIVATE -O3 -w)
if(BATON_ARCH AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(llhttp PRIVATE -march=${BATON_ARCH})  # its string search has an SSE 4.2 form
endif()
