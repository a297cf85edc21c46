#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "harness/measure/build_info.hpp"
#include "harness/suite/callgrind.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/call_counts.hpp"
#include "tests/suite/planted/script.hpp"

namespace baton::suite {
namespace {

std::uint64_t instructions_in_give(const std::string& planted) {
  const Counted counted = count_instructions({BATON_PLANTED_SCRIPT, planted}, {}, "", trial::kCountedPattern);
  std::uint64_t in_give = 0;
  for (const auto& [function, cost] : counted.instructions.inclusive) {
    if (function.find(std::string(trial::kCountedFunctions) + "give<") != std::string::npos) in_give += cost;
  }
  return in_give;
}

TEST(PlantedInstruction, IsSeenToTheLastOne) {
  if (build_info().sanitizer != "none") GTEST_SKIP() << "with a sanitizer nothing is counted";
  if (std::system("valgrind --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no valgrind";
  const std::uint64_t without = instructions_in_give("nothing");
  ASSERT_GT(without, 0U);
  EXPECT_EQ(instructions_in_give("planted"),
            without + planted::kPlantedRequests * planted::kPlantedInstructions);
}

}  // namespace
}  // namespace baton::suite
