// Random sequences of the contract's calls, against a trivial reference, for every strategy plain and
// checked.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "tests/properties/reference.hpp"

namespace rc {

template <>
struct Arbitrary<baton::test::Step> {
  static Gen<baton::test::Step> arbitrary() {
    using baton::test::Call;
    using baton::test::Step;
    // Steps that make the others possible are drawn more often.
    const auto call = gen::weightedElement<Call>({{1, Call::attach_or_detach},
                                                  {1, Call::open_or_close_session},
                                                  {1, Call::open_or_close_slot},
                                                  {6, Call::acquire_client},
                                                  {6, Call::acquire_backend},
                                                  {6, Call::fill},
                                                  {3, Call::consume},
                                                  {6, Call::give},
                                                  {6, Call::take},
                                                  {4, Call::release},
                                                  {3, Call::idle},
                                                  {8, Call::housekeep},
                                                  {1, Call::set_buffer_bytes},
                                                  {1, Call::guard_step}});
    return gen::build<Step>(gen::set(&Step::call, call),
                            gen::set(&Step::worker, gen::inRange<std::uint32_t>(0, baton::test::kWorkers)),
                            gen::set(&Step::pick, gen::inRange<std::uint32_t>(0, 60)),
                            gen::set(&Step::bytes, gen::weightedOneOf<std::uint32_t>(
                                                       {{3, gen::inRange<std::uint32_t>(0, 80)},
                                                        {1, gen::inRange<std::uint32_t>(80, 5000)}})));
  }
};

}  // namespace rc

namespace baton::test {
namespace {

Parameters some_parameters() {
  Parameters parameters;
  parameters.workers = kWorkers;
  parameters.buffer_bytes = *rc::gen::element<std::uint32_t>(64, 100, 1024, 4096);
  parameters.workspace_bytes = *rc::gen::element<std::uint32_t>(64, 4096);
  parameters.pools = *rc::gen::inRange<std::uint32_t>(1, 3);
  parameters.supply = *rc::gen::inRange<std::uint32_t>(0, 4);
  parameters.list_bound = *rc::gen::inRange<std::uint32_t>(0, 5);
  parameters.max_buffers = *rc::gen::element<std::uint32_t>(0, 0, 2, 5, 12);
  return parameters;
}

class Sequences : public testing::TestWithParam<DrivenStrategy> {};
INSTANTIATE_TEST_SUITE_P(Strategies, Sequences, testing::ValuesIn(driven_strategies()),
                         [](const auto& strategy) { return strategy.param.name; });

TEST_P(Sequences, of_calls_keep_every_byte_and_account_for_every_buffer) {
  std::uint64_t steps = 0;
  const bool holds = rc::check(GetParam().name, [&] {
    const Parameters parameters = some_parameters();
    const auto sequence = *rc::gen::scale(4.0, rc::gen::arbitrary<std::vector<Step>>());
    Reference reference(GetParam(), parameters);
    for (const Step& step : sequence) reference.run(step);
    reference.finish();
    steps += reference.steps_done();
  });
  EXPECT_TRUE(holds);
  EXPECT_GT(steps, 1000U) << "the sequences do not come to anything";
}

}  // namespace
}  // namespace baton::test
