# Fails unless the file DOCUMENT ends with what PROGRAM prints as the table of EVIDENCE.
execute_process(COMMAND "${PROGRAM}" table "${EVIDENCE}" OUTPUT_VARIABLE table COMMAND_ERROR_IS_FATAL ANY)
file(READ "${DOCUMENT}" document)
string(FIND "${document}" "${table}" place)
if(table STREQUAL "" OR place EQUAL -1)
  message(FATAL_ERROR "${DOCUMENT} does not have the table that `baton_model table ${EVIDENCE}` prints; put it there")
endif()
