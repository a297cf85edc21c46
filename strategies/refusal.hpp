// Why a class is not a strategy, as a sentence: the rules of contract.hpp's concepts one by one, in the order
// in which they are best mended. A compiler that only says "constraints not satisfied" leaves that to be
// guessed.
//
//   static_assert(is_strategy<MyPool<>>());   // behind the class: is Strategy<MyPool<>>, or does not compile
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "strategies/contract.hpp"

namespace baton {
namespace rules {

template <class Call, class Returned>
concept Is = std::same_as<Call, Returned>;

template <class S>
inline constexpr bool kSaysWhatItPromises = requires {
  requires std::same_as<std::remove_cvref_t<decltype(S::kPromises)>, Promises>;
};
template <class S>
inline constexpr bool kHasAPlatform = requires {
  requires Platform<typename S::PlatformType>;
};
template <class S>
inline constexpr bool kIsMadeOfParameters = std::constructible_from<S, const Parameters&>;
template <class S>
inline constexpr bool kIsNotCopied = !std::copy_constructible<S>;
template <class S>
inline constexpr bool kHasPlaces = requires {
  requires !std::same_as<typename S::Session, typename S::Slot>;
};
template <class S>
inline constexpr bool kAttaches = requires(S& s, std::uint32_t n) {
  { s.attach(n) } -> Is<typename S::Worker>;
};
template <class S>
inline constexpr bool kOpensSessions = requires(S& s) {
  { s.open_session() } -> Is<typename S::Session>;
};
template <class S>
inline constexpr bool kOpensSlots = requires(S& s) {
  { s.open_slot() } -> Is<typename S::Slot>;
};
template <class S>
inline constexpr bool kChangesSize = requires(S& s, std::uint32_t n) {
  { s.set_buffer_bytes(n) }
  noexcept->Is<void>;
};
template <class S>
inline constexpr bool kHasAFootprint = requires(S& s) {
  { s.footprint() } -> Is<Footprint>;
};
template <class S>
inline constexpr bool kIsSampled = requires(const S& s) {
  { s.sample() } -> Is<Footprint>;
};
template <class S>
inline constexpr bool kAcquiresForSessions = requires(typename S::Worker& w, typename S::Session& session) {
  { w.acquire(session) }
  noexcept->Is<ConnBuffer*>;
};
template <class S>
inline constexpr bool kAcquiresForSlots = requires(typename S::Worker& w, typename S::Slot& slot) {
  { w.acquire(slot) }
  noexcept->Is<ConnBuffer*>;
};
template <class S>
inline constexpr bool kGives = requires(typename S::Worker& w, ConnBuffer* b) {
  { w.give(b) }
  noexcept->Is<ConnBuffer*>;
};
template <class S>
inline constexpr bool kTakes = requires(typename S::Worker& w, ConnBuffer* b) {
  { w.take(b) }
  noexcept->Is<ConnBuffer*>;
};
template <class S>
inline constexpr bool kReleases = requires(typename S::Worker& w, ConnBuffer* b) {
  { w.release(b) }
  noexcept->Is<void>;
};
template <class S>
inline constexpr bool kIdles = requires(typename S::Worker& w, typename S::Session& session, ConnBuffer* b) {
  { w.idle(session, b) }
  noexcept->Is<void>;
};
template <class S>
inline constexpr bool kKeepsHouse = requires(typename S::Worker& w) {
  { w.housekeep() }
  noexcept->Is<bool>;
};
template <class S>
inline constexpr bool kHasOneHandlePerThread =
    !std::copy_constructible<typename S::Worker> && !std::is_copy_assignable_v<typename S::Worker>;
template <class S>
inline constexpr bool kWorkersDieQuietly = std::is_nothrow_destructible_v<typename S::Worker>;
template <class S>
inline constexpr bool kKeepsHouseUnderTheLock =
    !S::kPromises.housekeeps_under_pool_lock || requires(typename S::Worker & w) {
  { w.housekeep_locked() }
  noexcept->Is<void>;
};
template <class S>
inline constexpr bool kIsGuarded = !S::kPromises.needs_guard || requires(S & s) {
  { s.guard_step() }
  noexcept->Is<std::uint32_t>;
};

}  // namespace rules

// Each as RULE(what must be true, what was expected).
#define BATON_RULES_OF_A_STRATEGY(RULE)                                                                     \
  RULE(kSaysWhatItPromises, "kPromises: expected is `static constexpr Promises kPromises{.name = ...}`")    \
  RULE(kHasAPlatform, "PlatformType: expected is `using PlatformType = P` (StrategyCore<P> has it)")        \
  RULE(kIsMadeOfParameters, "constructor: expected is `explicit Name(const Parameters& parameters)`")       \
  RULE(kIsNotCopied,                                                                                        \
       "constructor: expected is that a strategy cannot be copied; its copying must be deleted")            \
  RULE(kHasPlaces, "Session, Slot: expected are two public classes of these names, not the same one twice") \
  RULE(kAttaches, "attach: expected is a public class Worker and `Worker attach(std::uint32_t index)`")     \
  RULE(kOpensSessions, "open_session: expected is `Session open_session()`")                                \
  RULE(kOpensSlots, "open_slot: expected is `Slot open_slot()`")                                            \
  RULE(kChangesSize, "set_buffer_bytes: expected is `void set_buffer_bytes(std::uint32_t bytes) noexcept`") \
  RULE(kHasAFootprint, "footprint: expected is `Footprint footprint()`")                                    \
  RULE(kIsSampled, "sample: expected is `Footprint sample() const`")                                        \
  RULE(kAcquiresForSessions,                                                                                \
       "Worker::acquire: expected is `ConnBuffer* acquire(Session& session) noexcept`")                     \
  RULE(kAcquiresForSlots, "Worker::acquire: expected is `ConnBuffer* acquire(Slot& slot) noexcept`")        \
  RULE(kGives, "Worker::give: expected is `ConnBuffer* give(ConnBuffer* buffer) noexcept`")                 \
  RULE(kTakes, "Worker::take: expected is `ConnBuffer* take(ConnBuffer* travelling) noexcept`")             \
  RULE(kReleases, "Worker::release: expected is `void release(ConnBuffer* buffer) noexcept`")               \
  RULE(kIdles, "Worker::idle: expected is `void idle(Session& session, ConnBuffer* buffer) noexcept`")      \
  RULE(kKeepsHouse,                                                                                         \
       "Worker::housekeep: expected is `bool housekeep() noexcept`; true says that it had to wait")         \
  RULE(kHasOneHandlePerThread, "Worker: expected is that it cannot be copied or assigned")                  \
  RULE(kWorkersDieQuietly, "Worker: expected is a public destructor that does not throw")                   \
  RULE(kKeepsHouseUnderTheLock,                                                                             \
       "kPromises.housekeeps_under_pool_lock is set: expected is "                                          \
       "`void Worker::housekeep_locked() noexcept`")                                                        \
  RULE(kIsGuarded,                                                                                          \
       "kPromises.needs_guard is set: expected is `std::uint32_t guard_step() noexcept`, "                  \
       "milliseconds until the next call")

// The sentence of the first rule that S breaks; empty: it is a strategy.
template <class S>
consteval std::string_view refusal() {
#define BATON_RULE(kept, sentence) \
  if constexpr (!rules::kept<S>) { \
    return sentence;               \
  } else
  BATON_RULES_OF_A_STRATEGY(BATON_RULE) {
    return Strategy<S> ? "" : "the concept Strategy of strategies/contract.hpp is not met";
  }
#undef BATON_RULE
}

// True, or the program does not compile and the compiler's error has refusal's sentence.
template <class S>
consteval bool is_strategy() {
#define BATON_RULE(kept, sentence)                                                         \
  if constexpr (!rules::kept<S>) {                                                         \
    static_assert(rules::kept<S>, "not a strategy (strategies/contract.hpp) - " sentence); \
  } else
  BATON_RULES_OF_A_STRATEGY(BATON_RULE) { static_assert(Strategy<S>); }
#undef BATON_RULE
  return true;
}

}  // namespace baton
