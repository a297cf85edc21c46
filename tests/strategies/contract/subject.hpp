// The strategy that a unit of the contract's tests is about (unit.cpp.in), as test types.
#pragma once

#include <gtest/gtest.h>

#include "strategies/checked.hpp"
#include "strategies/contract.hpp"
#include "tests/strategies/drive.hpp"

#ifndef BATON_TEST_STRATEGY  // a header stands alone
#include "strategies/heap.hpp"
#define BATON_TEST_STRATEGY Heap
#endif

namespace baton::test {
namespace {

#ifdef BATON_TEST_PLATFORM  // another one than the native: simulated cores'
using PlainAndChecked = ::testing::Types<BATON_TEST_STRATEGY<BATON_TEST_PLATFORM>,
                                         Checked<BATON_TEST_STRATEGY<BATON_TEST_PLATFORM>>>;
#else
using PlainAndChecked = ::testing::Types<BATON_TEST_STRATEGY<NativePlatform>,
                                         Checked<BATON_TEST_STRATEGY<CheckedNativePlatform>>>;
#endif
template <class P>
using On = ::testing::Types<BATON_TEST_STRATEGY<P>>;

}  // namespace
}  // namespace baton::test
