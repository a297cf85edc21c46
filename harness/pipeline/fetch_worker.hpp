// A thread that takes over body fetching from client workers.
#pragma once

#include <chrono>
#include <cstdint>

#include "harness/pipeline/read_head.hpp"
#include "harness/pipeline/worker.hpp"

namespace baton::pipeline {

template <Strategy S, Transport T>
class FetchWorker : private Worker<S, T> {
  using Base = Worker<S, T>;
  using FetchType = typename Shared<S, T>::FetchType;

 public:
  using Base::Base;

  // Until the pool is stopped. On the thread that made this.
  void run() {
    this->housekeep();
    while (FetchType* fetch = this->pool_.next_fetch(post_, this->under_lock())) {
      this->housekeep();
      serve(*fetch);
      this->housekeep();
    }
  }

 private:
  void serve(FetchType& fetch) {
    ConnBuffer* buffer = this->own_.take(fetch.travelling);
    fetch.travelling = nullptr;
    if (buffer == nullptr) {
      finish(fetch, FetchResult::no_room);
      return;
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

  // nullptr: another fetch worker has it now. Otherwise ours again.
  ConnBuffer* hand_on(FetchType& fetch, ConnBuffer* buffer) {
    ConnBuffer* travelling = this->own_.give(buffer);
    if (travelling == nullptr) {
      return buffer;
    }
    --fetch.hops_left;
    fetch.travelling = travelling;
    if (this->pool_.offer(&fetch, this->under_lock())) {
      this->counters().hops.add();
      this->pool_.fetch_worker_free();
      return nullptr;
    }
    buffer = this->own_.take(travelling);
    fetch.travelling = nullptr;
    if (buffer == nullptr) {
      finish(fetch, FetchResult::no_room);
    }
    return buffer;
  }

  FetchResult fetch_body(FetchType& fetch, ConnBuffer& buffer) {
    const bool notices_between_reads = this->shared_.settings.on_hangup == OnHangup::interrupt;
    Clock::time_point deadline = Clock::time_point::max();  // set at the first slice without bytes
    for (;;) {
      if (!pass_on(fetch, buffer)) {
        return fetch.cancelled() ? FetchResult::cancelled : FetchResult::malformed;
      }
      if (fetch.framer.finished()) {
        return FetchResult::complete;
      }
      if (fetch.cancelled()) {
        return FetchResult::cancelled;
      }
      publish(fetch);
      const net::IoResult got = fetch.connection.read(buffer.free_space(), buffer.free_bytes());
      if (got.ok()) {
        buffer.filled(got.bytes);
        deadline = Clock::time_point::max();
      } else if (got.slice_over()) {
        if (notices_between_reads && fetch.cancelled()) {
          return FetchResult::cancelled;
        }
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

  // Moves the payload of the unread bytes into the transit queue. False: malformed framing, or cancelled while waiting for room.
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
          publish(fetch);
          fetch.transit.producer_waits(this->shared_.settings.waiting, std::chrono::seconds(1));
          if (fetch.cancelled()) {
            return false;
          }
        }
      }
      buffer.consume(piece.consumed);
    }
    return true;
  }
  void publish(FetchType& fetch) noexcept {
    if (fetch.transit.unpublished()) {
      fetch.transit.publish();
      fetch.transit.wake_consumer();
    }
  }

  // The last thing done to a slot. The last bytes become visible together with the end, so that the client worker is woken
  // once and sends once.
  void finish(FetchType& fetch, FetchResult result) {
    fetch.result = result;
    fetch.transit.publish();
    this->pool_.fetch_worker_free();
    if (fetch.leave()) {
      fetch.connection.close();
      this->shared_.free_slots.put(&fetch);
    } else {
      // The slot is the client worker's now, but slots live as long as the pipeline, and a wake too many does no harm.
      fetch.transit.wake_consumer();
    }
  }

  Post<FetchType> post_;
};

}  // namespace baton::pipeline
