// A fetch slot: everything a fetch worker needs to go on with a response where the client worker stopped.
#pragma once

#include <atomic>
#include <cstdint>

#include "harness/http/body.hpp"
#include "harness/pipeline/transit.hpp"
#include "strategies/conn_buffer.hpp"

namespace baton::pipeline {

enum class FetchResult : std::uint8_t {
  complete,
  origin_closed,
  origin_timeout,
  malformed,
  not_taken,  // the fetch worker could not hold the read-ahead: it is `travelling` still, for the client
              // worker
  cancelled
};

// Life of a slot: owned by a client worker; with a fetch under way, shared by it and one fetch worker. Each
// of the two says once that it is through (leave). The first to say so may not touch the slot any more; the
// second owns it.
//   the fetch worker first: the client worker keeps the slot and the backend connection for its next request
//   the client worker first (its client hung up): the fetch worker closes the connection and puts the slot on
//   the free list
template <class S, class BackendConnection>
struct Fetch {
  Fetch(S& strategy, std::size_t transit_bytes) : place(strategy.open_slot()), transit(transit_bytes) {}
  Fetch(const Fetch&) = delete;
  Fetch& operator=(const Fetch&) = delete;

  typename S::Slot place;  // room for the strategy's bytes, if it keeps them with the fetch
  BackendConnection connection;
  http::BodyFramer framer;
  ConnBuffer* travelling = nullptr;  // what give() returned, until it is taken or dropped
  std::uint32_t hops_left = 0;
  bool reusable = false;                       // the connection, once the body has ended
  FetchResult result = FetchResult::complete;  // written by the fetch worker before it leaves
  Transit transit;
  Fetch* next = nullptr;  // in a queue or on the free list

  // Before the handoff, by the client worker.
  void start() {
    // relaxed: the queue that hands the fetch over publishes them
    left_.store(false, std::memory_order_relaxed);
    cancelled_.store(false, std::memory_order_relaxed);
    transit.start();
  }
  // True if the other side had left already: the caller now owns the slot. The fetch worker publishes its
  // last bytes and the result first.
  bool leave() noexcept {
    return left_.exchange(true, std::memory_order_acq_rel);  // (5) both: publishes our half, sees the other's
  }
  // For the client worker: the fetch worker is through; all bytes and the result are there.
  [[nodiscard]] bool fetched() const noexcept {
    return left_.load(std::memory_order_acquire);
  }  // pairs with (5)

  // The client worker wants no more. Wakes the fetch worker where it waits for room; `interrupt` also ends
  // its reads.
  void cancel(bool interrupt) noexcept {
    cancelled_.store(true, std::memory_order_release);  // (6) release: pairs with the load in cancelled()
    if (interrupt) {
      connection.interrupt();  // still open: whoever leaves second closes it, and we have not left
    }
    transit.wake_producer();
  }
  [[nodiscard]] bool cancelled() const noexcept {
    return cancelled_.load(std::memory_order_acquire);
  }  // pairs with (6)

 private:
  std::atomic<bool> left_{false};
  std::atomic<bool> cancelled_{false};
};

}  // namespace baton::pipeline
