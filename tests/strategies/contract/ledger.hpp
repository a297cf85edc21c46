// What a strategy costs by design: exact numbers for scripted requests, counted by the counting platform.
// These are the numbers behind "mostly lock free".
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "strategies/counting_platform.hpp"
#include "tests/strategies/contract/subject.hpp"

namespace baton::test {
namespace {

constexpr std::uint64_t kWarmUp = 512;   // until every cache gets and gives as often as it ever will
constexpr std::uint64_t kRequests = 96;  // whole rounds of batches
constexpr std::uint64_t kBatches = kRequests / Parameters{}.batch;
constexpr std::uint32_t kReadAhead = 300;

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
    const std::string read_ahead(kReadAhead, 'r');
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
  // What a worker has at hand suffices for a request without a handoff; with handoffs a batch at a time goes.
  static bool has_enough(std::string_view name) {
    constexpr std::array<std::string_view, 8> kCaches = {"workspace_copy", "two_cache",        "magazine",
                                                         "sharded_cache",  "return_to_owner",  "ring_cache",
                                                         "watermark",      "refcounted_slices"};
    return std::ranges::find(kCaches, name) != kCaches.end();
  }
  static std::optional<Ledger> expected(bool handoff) {
    const std::string name(S::kPromises.name);
    Ledger per_request;
    const bool costs_nothing = name == "ideal" || name == "workspace_wait" ||
                               name == "two_cache_shared_lock" ||
                               name == "per_cpu" ||  // both workers are on this thread, and so on one CPU
                               (has_enough(name) && !handoff);
    if (costs_nothing) {
      per_request = {};
    } else if (name == "heap") {
      per_request = {.allocations = 2, .frees = 2};
    } else if (name == "workspace_copy" && handoff) {
      per_request = {.allocations = 1, .frees = 1, .bytes_copied = 2 * kReadAhead};
    } else if (name == "request_workspace" || name == "locked_pool") {
      per_request = {.locks = 4};
    } else if (name == "two_cache" && handoff) {
      per_request = {.locks = 2};
    } else if (name == "lockfree_stack" || name == "stealing") {
      per_request = {.atomic_rmw = 4};
    } else if (name == "magazine") {
      return Ledger{.locks = 2 * kBatches};
    } else if (name == "return_to_owner") {
      return Ledger{.atomic_rmw = 2 * kBatches};
    } else if (name == "refcounted_slices") {
      per_request = {.atomic_rmw = 1};
    } else if (name == "striped") {
      per_request = {.locks = 2};
    } else if (name == "sharded_cache") {
      return Ledger{.atomic_rmw = 4 * kBatches};
    } else if (name == "watermark") {
      return Ledger{.atomic_rmw = kRequests + kBatches};
    } else if (name == "ring_cache") {
      return Ledger{.atomic_rmw = 2 * kBatches};
    } else {
      return std::nullopt;
    }
    Ledger sum;
    for (std::uint64_t request = 0; request < kRequests; ++request) {
      sum += per_request;
    }
    return sum;
  }
};
TYPED_TEST_SUITE(LedgerOf, On<CountingPlatform>, StrategyName);

TYPED_TEST(LedgerOf, ARequestWithoutAHandoffCostsWhatItsDesignSays) {
  const std::optional<Ledger> expected = this->expected(false);
  if (!expected) GTEST_SKIP() << "expected() does not say yet what it costs";
  expect_equal(Run<TypeParam>::counted(false), *expected);
}

TYPED_TEST(LedgerOf, ARequestWithAHandoffCostsWhatItsDesignSays) {
  const std::optional<Ledger> expected = this->expected(true);
  if (!expected) GTEST_SKIP() << "expected() does not say yet what it costs";
  expect_equal(Run<TypeParam>::counted(true), *expected);
}

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
