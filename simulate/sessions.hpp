// What goes from worker to worker on simulated cores: clients' sessions and fetch slots, as the pipeline's
// (harness/pipeline/session.hpp, fetch.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "simulate/thread_pool.hpp"
#include "strategies/contract.hpp"

namespace baton::simulate {

template <class S>
struct alignas(kCacheLineBytes) SimSession {
  explicit SimSession(S& strategy) : place(strategy.open_session()) {
    SimPlatform::named(this, sizeof *this, "session");
  }
  typename S::Session place;
  SimPlain<SimSession*> next{nullptr};
  Picoseconds since = 0;  // its client wants an answer
};

// One fetch, from a client worker to the fetch worker that takes it over.
template <class S>
struct alignas(kCacheLineBytes) SimFetch {
  SimFetch(S& strategy, std::size_t transit_bytes)
      : place(strategy.open_slot()), transit(std::make_unique_for_overwrite<char[]>(transit_bytes)) {
    SimPlatform::named(this, sizeof *this, "fetch slot");
    SimPlatform::named(transit.get(), transit_bytes, "transit queue");
  }
  typename S::Slot place;
  SimPlain<ConnBuffer*> travelling{nullptr};
  SimPlain<std::uint32_t> hops{0};
  // What costs nothing: bytes that the socket has, and those of the body.
  std::uint64_t to_come = 0, body = 0;
  std::unique_ptr<char[]> transit;
  SimPlain<SimFetch*> next{nullptr};
  SimAtomic<std::uint32_t> left{0};  // one of its two workers has left
  Signal done{"end of a fetch"};
};

// All slots; the free ones on a list with a lock.
template <class S>
class SimFetchSlots {
 public:
  // Transit queues of so many bytes: no more than the largest body has.
  SimFetchSlots(S& strategy, std::size_t transit_bytes) : strategy_(strategy), transit_bytes_(transit_bytes) {
    SimPlatform::named(&free_, sizeof free_, "free slots");
  }
  SimFetch<S>* get() {
    {
      const std::lock_guard lock(free_.mutex);
      if (SimFetch<S>* const slot = free_.first) {
        free_.first = static_cast<SimFetch<S>*>(slot->next);
        return slot;
      }
    }
    return all_.emplace_back(std::make_unique<SimFetch<S>>(strategy_, transit_bytes_)).get();
  }
  void put(SimFetch<S>* slot) {
    const std::lock_guard lock(free_.mutex);
    slot->next = static_cast<SimFetch<S>*>(free_.first);
    free_.first = slot;
  }
  void clear() { all_.clear(); }  // nobody uses one any more
  [[nodiscard]] std::size_t transit_bytes() const noexcept { return transit_bytes_; }

 private:
  S& strategy_;
  const std::size_t transit_bytes_;
  struct alignas(kCacheLineBytes) {
    SimMutex mutex;
    SimPlain<SimFetch<S>*> first{nullptr};
  } free_;
  std::vector<std::unique_ptr<SimFetch<S>>> all_;
};

}  // namespace baton::simulate
