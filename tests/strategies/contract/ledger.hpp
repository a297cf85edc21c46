// What a strategy costs by design, as it states in kPromises.costs: exact numbers for scripted requests,
// counted by the counting platform. These are the numbers behind "mostly lock free".
#pragma once

#include <cstdint>
#include <string>

#include "strategies/counting_platform.hpp"
#include "tests/strategies/contract/subject.hpp"

namespace baton::test {
namespace {

constexpr std::uint64_t kWarmUp = 512;   // until every cache gets and gives as often as it ever will
constexpr std::uint64_t kRequests = 96;  // whole rounds of batches

template <class S>
struct Run {
  // A client worker and a fetch worker serve requests, with a handoff each or without; what was counted once
  // the strategy had warmed up.
  static Ledger counted(bool handoff) {
    Parameters parameters;
    parameters.stripes = 1;  // else it is drawn at random whether a list is looked at that has something
    const EveryThreadHasACpu wherever_it_runs;
    S strategy(parameters);
    Ledger ledger;
    auto client_worker = strategy.attach(0);
    auto fetch_worker = strategy.attach(1);
    auto session = strategy.open_session();
    auto slot = strategy.open_slot();
    const std::string read_ahead(kStatedReadAhead, 'r');
    for (std::uint64_t request = 0; request < kWarmUp + kRequests; ++request) {
      this_thread_ledger = request < kWarmUp ? nullptr : &ledger;
      keep_house(fetch_worker);
      keep_house(client_worker);
      ConnBuffer* const client = client_worker.acquire(session);
      ConnBuffer* const backend = client_worker.acquire(slot);
      EXPECT_TRUE(backend->append(read_ahead));
      if (handoff) {
        fetch_worker.release(fetch_worker.take(client_worker.give(backend)));
      } else {
        client_worker.release(backend);
      }
      client_worker.idle(session, client);
    }
    this_thread_ledger = nullptr;
    return ledger;
  }
};

template <class S>
class LedgerOf : public ::testing::Test {
 protected:
  static void counts_what_is_stated(bool handoff) {
    if (S::kPromises.opaque) {
      GTEST_SKIP() << "opaque: what it takes is not counted";
    }
    constexpr StatedCosts kCosts = S::kPromises.costs;
    const Ledger counted = test::Run<S>::counted(handoff);
    if (kCosts.requests == 0) {
      GTEST_SKIP() << "kPromises.costs states nothing; counted was for " << kRequests
                   << " requests: " << in_words(counted);
    }
    ASSERT_EQ(kRequests % kCosts.requests, 0U) << "kPromises.costs.requests; valid are divisors";
    const Ledger& stated = handoff ? kCosts.with_handoff : kCosts.without_handoff;
    Ledger expected;
    for (std::uint64_t request = 0; request < kRequests; request += kCosts.requests) {
      expected += stated;
    }
    EXPECT_EQ(counted, expected) << S::kPromises.name << " states in kPromises.costs that " << kRequests
                                 << " requests " << (handoff ? "with" : "without")
                                 << " a handoff cost: " << in_words(expected)
                                 << "; counted was: " << in_words(counted);
  }

 private:
  static std::string in_words(const Ledger& ledger) {
    std::string words;
    for (const auto& field : kLedgerFields) {
      if (ledger.*field.count != 0) {
        words +=
            (words.empty() ? "" : ", ") + std::to_string(ledger.*field.count) + " " + std::string(field.name);
      }
    }
    return words.empty() ? "nothing" : words;
  }
};
TYPED_TEST_SUITE(LedgerOf, On<CountingPlatform>, StrategyName);

TYPED_TEST(LedgerOf, ARequestWithoutAHandoffCostsWhatItsDesignSays) { this->counts_what_is_stated(false); }

TYPED_TEST(LedgerOf, ARequestWithAHandoffCostsWhatItsDesignSays) { this->counts_what_is_stated(true); }

TYPED_TEST(LedgerOf, EveryAllocationIsFreedInTheEnd) {
  Ledger ledger;
  this_thread_ledger = &ledger;
  {
    TypeParam strategy{Parameters{}};
    auto worker = strategy.attach(0);
    auto session = strategy.open_session();
    auto slot = strategy.open_slot();
    keep_house(worker);
    worker.release(worker.acquire(slot));
    worker.idle(session, worker.acquire(session));
  }
  this_thread_ledger = nullptr;
  EXPECT_GT(ledger.allocations, 0U);
  EXPECT_EQ(ledger.allocations, ledger.frees);
}

TYPED_TEST(LedgerOf, ALimitIsTheOnlyReasonForASharedCounter) {
  // A shared counter shows as read-modify-writes when a buffer is made.
  const auto made_with = [](std::uint32_t max_buffers) {
    Parameters parameters;
    parameters.max_buffers = max_buffers;
    TypeParam strategy(parameters);
    auto worker = strategy.attach(0);
    auto slot = strategy.open_slot();
    Ledger ledger;
    this_thread_ledger = &ledger;
    strategy.set_buffer_bytes(100);
    const std::uint64_t before = ledger.atomic_rmw;
    worker.release(worker.acquire(slot));  // of the new size, so it is made
    this_thread_ledger = nullptr;
    return ledger.atomic_rmw - before;
  };
  EXPECT_GT(made_with(1000), made_with(0));
}

}  // namespace
}  // namespace baton::test
