# Where a pipeline's code lies makes it some per cent faster or slower (docs/resolution.md), so the program has it several times,
# each time at other places, and seatings take turns with them.
#
# baton_code_copies(TARGET): links BATON_CODE_COPIES - 1 copies of every object of baton_pipelines to TARGET (cmake/copy-code), and
# generated/baton/code_copies.cpp, which defines baton::trial::linked_code_copies().
#
# What is not meant to be timed has each once. A copy costs a tenth of a second and half a megabyte, before the linker leaves out what is
# not called.
set(copies 16)
if(BATON_SANITIZER OR BATON_CHECKED OR BATON_FUZZ OR NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  set(copies 1)
elseif(NOT CMAKE_NM OR NOT CMAKE_OBJCOPY OR NOT CMAKE_OBJDUMP)
  message(STATUS "Without copies of the pipelines' code: nm, objcopy or objdump is missing (binutils)")
  set(copies 1)
endif()
set(BATON_CODE_COPIES ${copies} CACHE STRING "how often the code of each timed pipeline is in the program, at different places")
if(NOT BATON_CODE_COPIES MATCHES "^[1-9][0-9]?$")
  message(FATAL_ERROR "BATON_CODE_COPIES is '${BATON_CODE_COPIES}'; valid is 1 to 99")
endif()

function(baton_code_copies target)
  set(declared "")
  set(entries "")
  set(objects "")
  math(EXPR last "${BATON_CODE_COPIES} - 1")
  set(folder "${PROJECT_BINARY_DIR}/generated/code_copies")
  file(MAKE_DIRECTORY "${folder}")
  foreach(name IN LISTS BATON_STRATEGY_NAMES BATON_ADAPTER_NAMES)
    set(of_name "")
    foreach(copy RANGE ${last})
      if(copy EQUAL 0)
        continue()
      endif()
      set(out "${folder}/${name}.${copy}.o")
      add_custom_command(OUTPUT "${out}"
        COMMAND ${CMAKE_COMMAND} -E env "NM=${CMAKE_NM}" "OBJDUMP=${CMAKE_OBJDUMP}" "OBJCOPY=${CMAKE_OBJCOPY}"
                "${PROJECT_SOURCE_DIR}/cmake/copy-code" ${copy}
                "$<FILTER:$<TARGET_OBJECTS:baton_pipelines>,INCLUDE,/${name}[.]cpp[.]>" "${out}"
        DEPENDS "$<FILTER:$<TARGET_OBJECTS:baton_pipelines>,INCLUDE,/${name}[.]cpp[.]>" "${PROJECT_SOURCE_DIR}/cmake/copy-code"
        COMMENT "The code of ${name} at another place (${copy})" VERBATIM)
      list(APPEND objects "${out}")
      string(APPEND declared "MakePipeline<MemoryTransport> ${name}_${copy}() __asm__(\"baton_memory_of_${name}.copy${copy}\");\n")
      string(APPEND of_name "${name}_${copy}(), ")
    endforeach()
    string(APPEND entries "      {\"${name}\", {${of_name}}},\n")
  endforeach()
  set(table "${PROJECT_BINARY_DIR}/generated/baton/code_copies.cpp")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/code_copies.cpp.in" "${table}" @ONLY)
  set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  target_sources(${target} PRIVATE "${table}" ${objects})
  # Of a copy only the timed pipeline is called, not the checked one or the one over TCP.
  target_link_options(${target} PRIVATE -Wl,--gc-sections)
endfunction()
