# cmake --install: the program, and under share/baton what it reads at run time (workloads, plots, schemas) and what
# baton_add_strategies builds a program with strategies of one's own from. The folders are as in the repository.
include(GNUInstallDirs)
set(share "${CMAKE_INSTALL_DATADIR}/baton")
install(TARGETS baton RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
if(TARGET baton_simulate)
  install(TARGETS baton_simulate RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
foreach(folder IN ITEMS strategies harness workloads cmake model plots tests/strategies/contract tests/kit examples)
  get_filename_component(parent "${folder}" DIRECTORY)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}" DESTINATION "${share}/${parent}" USE_SOURCE_PERMISSIONS
          PATTERN "__pycache__" EXCLUDE)
endforeach()
install(FILES tests/strategies/drive.hpp DESTINATION "${share}/tests/strategies")
install(FILES CMakeLists.txt LICENSE packages.txt DESTINATION "${share}")
install(FILES "${BATON_EVIDENCE_FILE}" DESTINATION "${share}/${BATON_EVIDENCE_FOLDER}")
file(GLOB schemas CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/results/*schema*.json")
install(FILES ${schemas} DESTINATION "${share}/results")
# An installed program says what it was built from, and so does one that is built from what was installed.
install(CODE "
  file(STRINGS \"${PROJECT_BINARY_DIR}/generated/baton/build_commit.hpp\" lines REGEX \"#define\")
  string(REGEX REPLACE \".*BATON_COMMIT .([^;]*).;.*BATON_DIRTY .(.*).\" \"set(commit \\\\1)\\nset(dirty \\\\2)\\n\" said \"\${lines}\")
  file(WRITE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${share}/cmake/installed_commit.cmake\" \"\${said}\")")
include(CMakePackageConfigHelpers)
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/BatonConfig.cmake.in" "${PROJECT_BINARY_DIR}/BatonConfig.cmake"
  INSTALL_DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/Baton" PATH_VARS share)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/BatonConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/BatonConfig.cmake" "${PROJECT_BINARY_DIR}/BatonConfigVersion.cmake"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/Baton")
