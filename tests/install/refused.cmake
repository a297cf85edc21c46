# Wrong strategies are refused with a sentence: one that states other costs than it has, or promises not to wait and locks, by its tests; one without a call of the contract,
# by the compiler; a file without a strategy, and one of a name that is there already, by CMake.
include("${CMAKE_CURRENT_LIST_DIR}/stranger.cmake")
must(succeed "${FOLDER}/prefix/bin/baton" new-strategy wrong)
configure("${FOLDER}/wrong")
spoil("${FOLDER}/wrong/wrong.hpp" ".with_handoff = {.locks = 4}" ".with_handoff = {.locks = 2}")
build_contract_of(wrong "${FOLDER}/wrong")
test_contract_of(wrong "${FOLDER}/wrong"
  "wrong states in kPromises.costs that 96 requests with a handoff cost: 192 locks. counted was: 384 locks")

spoil("${FOLDER}/wrong/wrong.hpp" ".with_handoff = {.locks = 2}" ".with_handoff = {.locks = 4}")
spoil("${FOLDER}/wrong/wrong.hpp" "Progress::blocking" "Progress::wait_free")
build_contract_of(wrong "${FOLDER}/wrong")
test_contract_of(wrong "${FOLDER}/wrong" "wrong promises in kPromises.progress to be wait-free. acquire, give, take, release or idle locked a mutex")

spoil("${FOLDER}/wrong/wrong.hpp" "bool housekeep() noexcept" "bool housekeep()")
must("not a strategy .strategies/contract.hpp. - Worker::housekeep: expected is .bool housekeep.. noexcept."
     "${CMAKE_COMMAND}" --build "${FOLDER}/wrong/build" --target contract_wrong)

spoil("${FOLDER}/wrong/wrong.hpp" "static_assert(is_strategy<Wrong<>>());" "")
must("wrong.hpp: no class says that it is a strategy. expected is a line .static_assert.is_strategy<Name<>>"
     "${CMAKE_COMMAND}" -S "${FOLDER}/wrong" -B "${FOLDER}/wrong/build")
spoil("${FOLDER}/wrong/CMakeLists.txt" "wrong.hpp)" "two_cache.hpp)")
file(RENAME "${FOLDER}/wrong/wrong.hpp" "${FOLDER}/wrong/two_cache.hpp")
file(APPEND "${FOLDER}/wrong/two_cache.hpp" "static_assert(is_strategy<Wrong<>>());")
must("there is a strategy two_cache already. give the file another name" "${CMAKE_COMMAND}" -S "${FOLDER}/wrong" -B "${FOLDER}/wrong/build")
