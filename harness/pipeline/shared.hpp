// What all threads of a pipeline share.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "harness/net/connection.hpp"
#include "harness/pipeline/fetch.hpp"
#include "harness/pipeline/session.hpp"
#include "harness/pipeline/settings.hpp"
#include "harness/pipeline/thread_pool.hpp"
#include "strategies/contract.hpp"

namespace baton::pipeline {

// A new backend connection, or why there is none.
template <class C>
struct Backend {
  C connection;
  int error = 0;  // errno: ECONNREFUSED, ETIMEDOUT, EMFILE, ...
};

// Where connections come from: sockets (tcp_transport.hpp) or scripts in memory (harness/load/).
template <class T>
concept Transport = requires(T transport, const Settings& settings, typename T::ClientConnection& client,
                             typename T::Local& local) {
  requires net::Connection<typename T::ClientConnection>;
  requires net::KeptConnection<typename T::BackendConnection>;
  { transport.connect_backend(settings) }
  noexcept->std::same_as<Backend<typename T::BackendConnection>>;
  {
    transport.local(0U)
    } -> std::same_as<typename T::Local&>;  // one per client worker, by index: what its connections record
  { transport.authority() }
  noexcept->std::convertible_to<std::string_view>;  // Host for requests without one
  { T::serving(client, local) }
  noexcept;  // from now on this worker's thread serves the connection
};

// The free list of fetch slots whose client worker left before the fetch worker.
template <class F>
class FreeSlots {
 public:
  F* get() {
    const std::lock_guard lock(mutex_);
    return free_.pop();
  }
  void put(F* slot) {
    const std::lock_guard lock(mutex_);
    free_.push(slot);
  }

 private:
  std::mutex mutex_;
  LinkedQueue<F> free_;
};

template <Strategy S, Transport T>
struct Shared {
  using SessionType = Session<S, typename T::ClientConnection>;
  using FetchType = Fetch<S, typename T::BackendConnection>;
  using PoolType = ThreadPool<SessionType, FetchType>;

  Shared(const Settings& given, T& connections)
      : settings(given), transport(connections), strategy(given.buffers) {
    std::vector<std::uint32_t> fetchers(settings.pools, 0);
    for (std::uint32_t i = 0; i < settings.fetch_workers; ++i) {
      ++fetchers[(settings.client_workers + i) % settings.pools];  // as worker.hpp deals them out
    }
    for (const std::uint32_t count : fetchers) {
      pools.emplace_back(settings.waiting, settings.dispatch_queue, count);
    }
  }

  // A fetch slot for a client worker that has none. Their number is bounded by the workers: one with each
  // client worker, and one with each fetch worker whose client worker has left.
  FetchType* get_slot() {
    if (FetchType* slot = free_slots.get()) {
      return slot;
    }
    const std::lock_guard lock(slots_mutex_);
    return all_slots_.emplace_back(std::make_unique<FetchType>(strategy, settings.transit_bytes)).get();
  }

  const Settings settings;
  T& transport;
  S strategy;
  std::deque<PoolType> pools;
  FreeSlots<FetchType> free_slots;
  std::atomic<std::uint32_t> open_sessions{0};  // a count
  std::atomic<bool> draining{false};            // no new requests: every answer closes its connection

 private:
  std::mutex slots_mutex_;
  std::vector<std::unique_ptr<FetchType>> all_slots_;  // dies before the strategy
};

}  // namespace baton::pipeline
