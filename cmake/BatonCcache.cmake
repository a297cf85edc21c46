# Compiles through ccache where it is installed and nobody asked for another launcher. The launcher goes on without it
# where its folder is full or may not be written.
find_program(BATON_CCACHE ccache)
if(BATON_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_CURRENT_LIST_DIR}/ccache-or-not" "${BATON_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${CMAKE_CXX_COMPILER_LAUNCHER}")
  set(BATON_WITH_CCACHE ON)
endif()
