// Every strategy of the registry, adapters included, as test types, plain and checked, and how tests drive
// one.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "baton/adapters.hpp"
#include "strategies/checked.hpp"
#include "strategies/contract.hpp"

namespace baton::test {

template <class, class... S>
struct TypesAfterFirst {
  using Types = ::testing::Types<S...>;
};

#define BATON_PLAIN_AND_CHECKED(name, Class) , Class<NativePlatform>, Checked<Class<CheckedNativePlatform>>
using PlainAndChecked = TypesAfterFirst<void BATON_FOR_EACH_STRATEGY(BATON_PLAIN_AND_CHECKED)
                                            BATON_FOR_EACH_ADAPTER(BATON_PLAIN_AND_CHECKED)>::Types;
#undef BATON_PLAIN_AND_CHECKED

// Every strategy on one platform.
template <class P>
struct On {
#define BATON_ON_PLATFORM(name, Class) , Class<P>
  using Types = typename TypesAfterFirst<void BATON_FOR_EACH_STRATEGY(BATON_ON_PLATFORM)
                                             BATON_FOR_EACH_ADAPTER(BATON_ON_PLATFORM)>::Types;
#undef BATON_ON_PLATFORM
};

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

}  // namespace baton::test
