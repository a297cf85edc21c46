#include "harness/trial/code_copies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "harness/trial/conductor.hpp"

namespace baton::trial {
namespace {

using testing::UnorderedElementsAre;

constexpr std::size_t kCopies = 2;
std::atomic<int> made[kCopies];

template <std::size_t copy>
std::unique_ptr<pipeline::Running> make_copy(const pipeline::Settings& settings, MemoryTransport& transport,
                                             pipeline::PipelineOptions options) {
  ++made[copy];
  return find_instance("heap")->memory(settings, transport, std::move(options));
}

class CodeCopies : public testing::Test {
 protected:
  CodeCopies() {
    for (std::atomic<int>& one : made) one = 0;
    use_code_copies({{"heap", {make_copy<0>, make_copy<1>}}, {"ideal", {}}});
  }
  ~CodeCopies() override { use_code_copies({}); }
};

TEST_F(CodeCopies, AStrategyHasItsOwnCodeAndThoseThatAreLinked) {
  EXPECT_EQ(code_copies_of(*find_instance("heap")), 1 + kCopies);
  EXPECT_EQ(code_copies_of(*find_instance("ideal")), 1U);
  EXPECT_EQ(code_copies_of(*find_instance("two_cache")), 1U);
  EXPECT_EQ(code_copy_of(*find_instance("heap"), 0), find_instance("heap")->memory);
  EXPECT_EQ(code_copy_of(*find_instance("heap"), 2), make_copy<1>);
  EXPECT_EQ(code_copy_of(*find_instance("two_cache"), 0), find_instance("two_cache")->memory);
}

TEST_F(CodeCopies, NoneIsTakenAgainBeforeAllHaveBeen) {
  CopyOrder order(*find_instance("heap"));
  std::mt19937_64 random(1);
  for (int cycle = 0; cycle < 20; ++cycle) {
    const std::vector<std::uint32_t> three = {order.next(random), order.next(random), order.next(random)};
    EXPECT_THAT(three, UnorderedElementsAre(0U, 1U, 2U));
  }
}

TEST_F(CodeCopies, EverySeatingTakesAnotherAndItsTurnsSayWhich) {
  TrialConfig config;
  config.workload = "made_up";
  config.slice_ms = 5;
  config.measure_s = 0.06;
  config.ramp_s = 0;
  config.seating_turns = 2;  // six seatings
  const std::vector<Outcome> outcomes = run_sliced_trial(config, {"heap", "two_cache"});
  for (const std::atomic<int>& one : made) EXPECT_EQ(one, 2);
  std::vector<std::uint32_t> seatings;
  const std::vector<Slice>& slices = outcomes[0].slices;
  ASSERT_EQ(slices.size(), 12U);
  for (std::size_t i = 0; i < slices.size(); i += 2) {
    EXPECT_EQ(slices[i].copy, slices[i + 1].copy);
    seatings.push_back(slices[i].copy);
  }
  EXPECT_THAT(seatings, UnorderedElementsAre(0U, 0U, 1U, 1U, 2U, 2U));
  for (const Slice& slice : outcomes[1].slices) EXPECT_EQ(slice.copy, 0U);
}

}  // namespace
}  // namespace baton::trial
