# Whole requests over the strategy inside Checked, in memory and over sockets, with handoffs, hang-ups and pipelining: a run that ends with
# 0 has served them all (every cell is run on the checked strategy first, for its ledger).
file(REMOVE_RECURSE "${FOLDER}")
foreach(transport IN ITEMS memory tcp)
  execute_process(COMMAND "${PROGRAM}" run --strategy ${STRATEGY} --workload handoff_ratio,hangup_blocked,read_ahead --transport ${transport} --slice-ms 0
                          --handoff 0.5 --on-hangup next_read --pipelining 8 --read-ahead-bytes 4096
                          --trials 1 --no-again --duration 1 --ramp 0.1 --out "${FOLDER}/${transport}"
                  OUTPUT_VARIABLE said ERROR_VARIABLE said RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${said}\n${STRATEGY} over ${transport}: exit code ${failed}")
  endif()
endforeach()
