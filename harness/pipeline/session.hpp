// One client connection. Small: ten thousand idle ones must cost little.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

namespace baton::pipeline {

template <class S, class ClientConnection>
struct Session {
  Session(S& strategy, ClientConnection accepted, std::uint32_t pool_index)
      : connection(std::move(accepted)), pool(pool_index), place(strategy.open_session()) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  ClientConnection connection;
  std::uint32_t pool;                 // the thread pool that serves it
  typename S::Session place;          // room for the strategy's bytes, if it keeps them with the session
  Session* next = nullptr;            // in a dispatch queue
  const void* last_worker = nullptr;  // that served it; compared, never used
  // For the request head of which a part has come; max: none has. Its worker's.
  std::chrono::steady_clock::time_point head_deadline = std::chrono::steady_clock::time_point::max();

  // The waiter's, under its lock.
  bool quiet = false;  // watched; only the waiter may touch it
  std::chrono::steady_clock::time_point quiet_since;
  Session* table_next = nullptr;
  Session* table_previous = nullptr;
};

}  // namespace baton::pipeline
