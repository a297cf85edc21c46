// What synchronisation and copying cost, counted and not timed.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace baton {

// One per thread, added up after the join. Only its thread writes it.
struct Ledger {
  std::uint64_t locks = 0;            // mutexes locked
  std::uint64_t locks_contended = 0;  // of them, those that another thread held
  std::uint64_t atomic_rmw = 0;       // atomic read-modify-writes, failed exchanges included
  std::uint64_t cas_failed = 0;       // of them, compare-exchanges that failed
  std::uint64_t atomic_waits = 0;     // waits on an atomic, and turns of loops that wait
  std::uint64_t allocations = 0;
  std::uint64_t frees = 0;
  std::uint64_t bytes_copied = 0;  // of payload, by the strategy

  Ledger& operator+=(const Ledger& other) noexcept;
  Ledger& operator-=(const Ledger& other) noexcept;  // what was counted since `other`
  friend bool operator==(const Ledger&, const Ledger&) = default;
};

struct LedgerField {
  std::string_view name;  // as in records
  std::uint64_t Ledger::*count;
};
inline constexpr std::array kLedgerFields{
    LedgerField{"locks", &Ledger::locks},
    LedgerField{"locks_contended", &Ledger::locks_contended},
    LedgerField{"atomic_rmw", &Ledger::atomic_rmw},
    LedgerField{"cas_failed", &Ledger::cas_failed},
    LedgerField{"atomic_waits", &Ledger::atomic_waits},
    LedgerField{"allocations", &Ledger::allocations},
    LedgerField{"frees", &Ledger::frees},
    LedgerField{"bytes_copied", &Ledger::bytes_copied},
};
static_assert(sizeof(Ledger) == kLedgerFields.size() * sizeof(std::uint64_t),
              "a field is missing in kLedgerFields");

inline Ledger& Ledger::operator+=(const Ledger& other) noexcept {
  for (const auto& field : kLedgerFields) {
    this->*field.count += other.*field.count;
  }
  return *this;
}
inline Ledger& Ledger::operator-=(const Ledger& other) noexcept {
  for (const auto& field : kLedgerFields) {
    this->*field.count -= other.*field.count;
  }
  return *this;
}

// What requests cost a strategy by design once its caches are warm, on one client worker and one fetch
// worker: each acquires both buffers, reads kStatedReadAhead bytes too far, hands the backend's off or not,
// and ends. With the parameters as they are set by default, and one list where there may be several.
struct StatedCosts {
  std::uint32_t requests = 0;  // so many together cost what follows; 0: nothing is stated
  Ledger without_handoff{};
  Ledger with_handoff{};
};
inline constexpr std::uint32_t kStatedReadAhead = 300;

// Where this thread counts; nullptr: nowhere. The ledger outlives the thread's use of any strategy, or is
// taken away first.
inline thread_local Ledger* this_thread_ledger = nullptr;

}  // namespace baton
