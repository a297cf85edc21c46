# Run at build time: writes HEADER with the commit of SOURCE_DIR, or of what that was installed from, if it changed. Dirty means that a file the program is built from
# differs from the commit, or is not in it; other files (results, notes) do not count.
cmake_minimum_required(VERSION 3.25)
set(commit "unavailable")
set(dirty "unavailable")
if(EXISTS "${SOURCE_DIR}/cmake/installed_commit.cmake")
  include("${SOURCE_DIR}/cmake/installed_commit.cmake")
elseif(GIT)
  execute_process(COMMAND "${GIT}" -C "${SOURCE_DIR}" rev-parse HEAD
                  OUTPUT_VARIABLE head RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(commit "${head}")
    execute_process(COMMAND "${GIT}" --no-optional-locks -C "${SOURCE_DIR}" status --porcelain --untracked-files=all
                            -- CMakeLists.txt cmake harness simulate strategies
                    OUTPUT_VARIABLE changes RESULT_VARIABLE failed ERROR_QUIET)
    if(NOT failed)
      if(changes STREQUAL "")
        set(dirty "no")
      else()
        set(dirty "yes")
      endif()
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT "${HEADER}" @ONLY CONTENT
"// Made by cmake/write_build_commit.cmake. Do not edit.
#define BATON_COMMIT \"@commit@\"
#define BATON_DIRTY \"@dirty@\"
")
