#include "harness/measure/instruction_meter.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <thread>

namespace baton {
namespace {

#ifdef __x86_64__
void thousand_instructions() {
  std::uint64_t value = 1;
  asm volatile(".rept 1000\n addq $1, %0\n .endr" : "+r"(value));
}

std::uint64_t taken_by(void (*work)()) {
  const std::uint64_t before = thread_instructions();
  work();
  return thread_instructions() - before;
}

TEST(InstructionMeter, CountsWhatTheThreadExecutesAndNotWhatAnotherDoes) {
  if (const std::string why = no_instruction_counter(); !why.empty()) {
    EXPECT_EQ(taken_by(thousand_instructions), 0U);
    GTEST_SKIP() << "no instruction counter here: " << why;
  }
  const std::uint64_t nothing = taken_by([] {});
  EXPECT_NEAR(static_cast<double>(taken_by(thousand_instructions) - nothing), 1000, 50);
  const std::uint64_t elsewhere = taken_by([] {
    std::thread([] {
      for (int i = 0; i < 1000; ++i) thousand_instructions();
    }).join();
  });
  EXPECT_LT(elsewhere, 900'000U);
}
#endif

}  // namespace
}  // namespace baton
