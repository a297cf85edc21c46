// How tests name a strategy and drive it.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "strategies/checked.hpp"
#include "strategies/contract.hpp"
#include "strategies/ledger.hpp"

namespace baton::test {

template <class S>
inline constexpr bool kIsChecked = false;
template <class S>
inline constexpr bool kIsChecked<Checked<S>> = true;

struct StrategyName {
  template <class S>
  static std::string GetName(int /*index*/) {
    return std::string(S::kPromises.name) + (kIsChecked<S> ? "_checked" : "");
  }
};

// Whether unused buffers are pooled, and not bound to a session, a slot or a worker.
template <class S>
inline constexpr bool kPools =
    S::kPromises.client_bytes == Residence::pool || S::kPromises.client_bytes == Residence::request;

// A request boundary, as a runner does it: on the queue, under its lock, and then outside. True: it waited.
template <class W>
bool keep_house(W& worker) {
  if constexpr (requires { worker.housekeep_locked(); }) {
    worker.housekeep_locked();
  }
  return worker.housekeep();
}

// As many visits of the guard as nobody would outlast.
template <class S>
void let_the_guard_finish(S& strategy) {
  if constexpr (S::kPromises.needs_guard) {
    for (int visits = 0; visits < 1000; ++visits) {
      static_cast<void>(strategy.guard_step());
    }
  }
}

inline void expect_equal(const Ledger& counted, const Ledger& expected) {
  for (const auto& field : kLedgerFields) {
    EXPECT_EQ(counted.*field.count, expected.*field.count) << field.name;
  }
}

}  // namespace baton::test
