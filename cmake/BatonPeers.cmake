# Libraries that Baton is measured beside, each left out if it is not installed:
#   BATON_HAS_BOOST_LOCKFREE, BATON_HAS_MOODYCAMEL, BATON_HAS_TBB    whether
#   BATON_tbb_LIBRARY                                                what to link (the others are headers)
# Debian: libboost-dev, libconcurrentqueue-dev, libtbb-dev.
include_guard()
include(CheckIncludeFileCXX)
check_include_file_cxx(boost/lockfree/stack.hpp BATON_HAS_BOOST_LOCKFREE)
check_include_file_cxx(concurrentqueue/concurrentqueue.h BATON_HAS_MOODYCAMEL)
find_package(TBB QUIET)
set(BATON_HAS_TBB ${TBB_FOUND})
set(BATON_tbb_LIBRARY TBB::tbb)
