#include "harness/suite/callgrind.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <stdexcept>

namespace baton::suite {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

// As callgrind 3.19 writes it with --compress-strings=no --compress-pos=no.
constexpr const char* kFile = R"(# callgrind format
version: 1
creator: callgrind-3.19.0
positions: line
events: Ir
summary: 30

ob=/bin/program
fl=/src/a.cpp
fn=outer()
10 3
fi=/src/a.hpp
11 2
fe=/src/a.cpp
cfi=/src/b.cpp
cfn=inner(int)
calls=2 5
12 20
13 1

ob=/lib/other.so
fl=/src/b.cpp
fn=inner(int)
5 18
6 2

totals: 30
)";

TEST(Callgrind, AFunctionsCostIsItsOwnAndThatOfWhatItCalls) {
  std::istringstream file(kFile);
  EXPECT_THAT(read_callgrind(file).inclusive,
              UnorderedElementsAre(Pair("outer()", 26), Pair("inner(int)", 20)));
}

TEST(Callgrind, AFunctionsOwnCostIsWithoutThatOfWhatItCalls) {
  std::istringstream file(kFile);
  EXPECT_THAT(read_callgrind(file).own, UnorderedElementsAre(Pair(Pair("/bin/program", "outer()"), 6),
                                                             Pair(Pair("/lib/other.so", "inner(int)"), 20)));
}

TEST(Callgrind, AFileThatBreaksOffIsRefused) {
  std::istringstream file("fn=outer()\n10 3\n");
  EXPECT_THROW(read_callgrind(file), std::runtime_error);
}

}  // namespace
}  // namespace baton::suite
