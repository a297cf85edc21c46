# The start of a strategy is right as new-strategy writes it. When it forgets to free what its list does not keep, its tests fail.
include("${CMAKE_CURRENT_LIST_DIR}/stranger.cmake")
must(succeed "${FOLDER}/prefix/bin/baton" new-strategy my_pool)
configure("${FOLDER}/my_pool")
build_contract_of(my_pool "${FOLDER}/my_pool")
test_contract_of(my_pool "${FOLDER}/my_pool" succeed)

spoil("${FOLDER}/my_pool/my_pool.hpp" "if (!put(released)) {" "if (!put(released) && false) {")
build_contract_of(my_pool "${FOLDER}/my_pool")
test_contract_of(my_pool "${FOLDER}/my_pool" "tests failed out of")
