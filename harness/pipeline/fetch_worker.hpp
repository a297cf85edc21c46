// A thread that takes over body fetching from client workers.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "harness/pipeline/read_head.hpp"
#include "harness/pipeline/worker.hpp"

namespace baton::pipeline {

template <Strategy S, Transport T>
class FetchWorker : private Worker<S, T> {
  using Base = Worker<S, T>;
  using FetchType = typename Shared<S, T>::FetchType;

 public:
  using Base::Base;

  // Until the pool is stopped, or this worker is to be replaced: then true. On the thread that made this.
  bool run() {
    this->housekeep();
    while (FetchType* fetch = this->pool_.next_fetch(post_, this->under_lock())) {
      this->housekeep();
      serve(*fetch);
      this->housekeep();
      this->one_more();
      if (this->worn_out()) {
        return true;
      }
    }
    return false;
  }

 private:
  void serve(FetchType& fetch) {
    ConnBuffer* buffer = this->own_.take(fetch.travelling);
    if (buffer == nullptr) {
      finish(fetch, FetchResult::not_taken);
      return;
    }
    fetch.travelling = nullptr;
    if (fetch.hops_left + 1 < this->shared_.settings.handoff.hops) {
      this->counters().hops.add();  // here, where it is part of what the client still waits for
    }
    if (fetch.hops_left > 0 && (buffer = hand_on(fetch, buffer)) == nullptr) {
      return;
    }
    const FetchResult result = fetch_body(fetch, *buffer);
    if (result != FetchResult::complete || buffer->has_unread()) {
      fetch.reusable = false;  // a body that did not end, or bytes behind it
    }
    this->own_.release(buffer);
    finish(fetch, result);
  }

  // nullptr: another fetch worker has it now, or it is on its way back to the client worker. Otherwise ours.
  ConnBuffer* hand_on(FetchType& fetch, ConnBuffer* buffer) {
    if (!this->pool_.has_free_fetch_worker()) {
      return buffer;
    }
    ConnBuffer* travelling = this->own_.give(buffer);
    if (travelling == nullptr) {
      return buffer;
    }
    --fetch.hops_left;
    fetch.travelling = travelling;
    if (this->pool_.offer(&fetch, this->under_lock())) {
      this->pool_.fetch_worker_free();
      return nullptr;
    }
    buffer = this->own_.take(travelling);
    if (buffer == nullptr) {
      finish(fetch, FetchResult::not_taken);
      return nullptr;
    }
    fetch.travelling = nullptr;
    return buffer;
  }

  FetchResult fetch_body(FetchType& fetch, ConnBuffer& buffer) {
    // With OnHangup::next_read a read that brings nothing goes on, cancelled or not: a slice is our device,
    // not the origin's.
    const bool notices_between_reads = this->shared_.settings.on_hangup == OnHangup::interrupt;
    bool read_brought_bytes = true;
    Clock::time_point deadline = Clock::time_point::max();  // set at the first slice without bytes
    for (;;) {
      if (!pass_on(fetch, buffer)) {
        return fetch.cancelled() ? FetchResult::cancelled : FetchResult::malformed;
      }
      if (fetch.framer.finished()) {
        return FetchResult::complete;
      }
      if ((notices_between_reads || read_brought_bytes) && fetch.cancelled()) {
        return FetchResult::cancelled;
      }
      const bool direct = reads_directly(fetch);
      const std::span<char> room =
          direct ? room_for(fetch) : std::span<char>{buffer.free_space(), buffer.free_bytes()};
      if (room.empty()) {
        read_brought_bytes = true;
        continue;  // the client worker is slow; cancelled() is looked at before the next try
      }
      const net::IoResult got = read(fetch, room);
      read_brought_bytes = got.ok();
      if (got.ok()) {
        if (direct) {
          static_cast<void>(
              fetch.framer.next({room.data(), got.bytes}));  // of a known length: all of it is payload
          fetch.transit.produced(got.bytes);
        } else {
          buffer.filled(got.bytes);
        }
        deadline = Clock::time_point::max();
      } else if (got.slice_over()) {
        const Clock::time_point now = Clock::now();
        if (deadline == Clock::time_point::max()) {
          deadline = now + this->shared_.settings.backend_timeout;
        } else if (now >= deadline) {
          return FetchResult::origin_timeout;
        }
      } else {
        return fetch.framer.at_close() && got.closed() ? FetchResult::complete : FetchResult::origin_closed;
      }
    }
  }

  // Moves the payload of the unread bytes into the transit queue. False: malformed framing, or cancelled
  // while waiting for room.
  bool pass_on(FetchType& fetch, ConnBuffer& buffer) {
    while (buffer.has_unread() && !fetch.framer.finished()) {
      const http::BodyFramer::Piece piece = fetch.framer.next(buffer.unread());
      if (piece.status == http::BodyFramer::Status::invalid) {
        return false;
      }
      std::string_view payload = piece.payload;
      while (!payload.empty()) {
        const std::size_t taken = fetch.transit.push(payload);
        payload.remove_prefix(taken);
        if (!payload.empty()) {
          wait_for_room(fetch);
          if (fetch.cancelled()) {
            return false;
          }
        }
      }
      buffer.consume(piece.consumed);
    }
    return true;
  }
  [[nodiscard]] bool reads_directly(const FetchType& fetch) const noexcept {
    const std::uint64_t least = this->shared_.settings.direct_read_bytes;
    return least != 0 && fetch.framer.remaining() >= least;
  }
  // Room in the transit queue, waiting for it a moment; never more than the body needs.
  std::span<char> room_for(FetchType& fetch) noexcept {
    std::span<char> room = fetch.transit.writable();
    if (room.empty()) {
      wait_for_room(fetch);
      room = fetch.transit.writable();
    }
    return room.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(room.size(), fetch.framer.remaining())));
  }
  void wait_for_room(FetchType& fetch) noexcept {
    fetch.transit.publish();
    fetch.transit.wake_consumer();
    fetch.transit.producer_waits(this->shared_.settings.waiting, std::chrono::seconds(1));
  }

  // What the origin sent already is taken before the client worker is woken: it then sends more with each
  // call.
  net::IoResult read(FetchType& fetch, std::span<char> room) noexcept {
    fetch.transit.publish();
    if (fetch.transit.owes_wake()) {
      const net::IoResult got = fetch.connection.read_now(room.data(), room.size());
      if (!got.slice_over()) {
        return got;
      }
      fetch.transit.wake_consumer();
    }
    return fetch.connection.read(room.data(), room.size());
  }

  // The last thing done to a slot. The last bytes become visible together with the end, so that the client
  // worker is woken once and sends once.
  void finish(FetchType& fetch, FetchResult result) {
    fetch.result = result;
    fetch.transit.publish();
    this->pool_.fetch_worker_free();
    if (fetch.leave()) {
      if (fetch.travelling != nullptr) {
        drop_travelling(this->own_, std::exchange(fetch.travelling, nullptr));
      }
      fetch.connection.close();
      this->shared_.free_slots.put(&fetch);
    } else {
      // The slot is the client worker's now, but slots live as long as the pipeline, and a wake too many does
      // no harm.
      fetch.transit.wake_consumer_late();
    }
  }

  Post<FetchType> post_;
};

}  // namespace baton::pipeline
