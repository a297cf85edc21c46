// The second half of a request: the answer's body goes to the client, fetched by the client worker itself or
// handed off.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "harness/pipeline/counters.hpp"
#include "harness/pipeline/message_sender.hpp"
#include "harness/pipeline/read_head.hpp"
#include "harness/pipeline/shared.hpp"

namespace baton::pipeline {

enum class Delivered : std::uint8_t {
  complete,
  client_gone,     // the client hung up
  broken,          // the origin failed after the head was sent: the answer is cut off
  origin_failed,   // the origin failed before anything was sent
  origin_timeout,  // the same, by silence
  no_room,         // nobody could hold the read-ahead any more; nothing was sent
};

// Takes over the backend buffer. When it returns the buffer is released, by this worker or by whoever it was
// handed to.
template <Strategy S, Transport T>
class Delivery {
  using FetchType = typename Shared<S, T>::FetchType;
  using PoolType = typename Shared<S, T>::PoolType;
  using Client = typename T::ClientConnection;

 public:
  Delivery(Shared<S, T>& shared, PoolType& pool, typename S::Worker& own, MessageSender& sender,
           WorkerCounters& counters, double& handoff_credit)
      : shared_(shared),
        pool_(pool),
        own_(own),
        sender_(sender),
        counters_(counters),
        handoff_credit_(handoff_credit) {}

  // `slot` has framer, connection and reusable set, and becomes nullptr if the fetch worker keeps it. The
  // sender holds the head. `under_lock` is what to run while the pool's lock is held.
  template <class UnderLock>
  Delivered run(Client& client, FetchType*& slot, ConnBuffer* buffer, UnderLock&& under_lock) {
    if (wants_handoff(slot->framer)) {
      counters_.handoffs_offered.add();
      if (offer(*slot, buffer, under_lock)) {
        counters_.handoffs_taken.add();
        if (const std::optional<Delivered> delivered = deliver_handed(client, slot)) {
          return *delivered;
        }
        counters_.handoffs_returned.add();
        buffer = take_back(*slot);
      } else {
        counters_.handoffs_refused.add();
      }
      if (buffer == nullptr) {
        slot->connection.close();
        const Delivered failure = failed(client);  // the head may be out already
        return failure == Delivered::origin_failed ? Delivered::no_room : failure;
      }
    }
    const Delivered delivered = deliver_own(client, *slot, *buffer);
    if (delivered != Delivered::complete || !slot->reusable || buffer->has_unread()) {
      slot->connection.close();  // bytes behind the body are nobody's
    }
    own_.release(buffer);
    return delivered;
  }

 private:
  bool wants_handoff(const http::BodyFramer& framer) noexcept {
    const HandoffSettings& handoff = shared_.settings.handoff;
    if (framer.finished() ||
        (framer.framing() == http::Framing::content_length && framer.remaining() < handoff.min_bytes)) {
      return false;
    }
    handoff_credit_ += handoff.ratio;
    if (handoff_credit_ < 1) {
      return false;
    }
    handoff_credit_ -= 1;
    return true;
  }

  // False: no fetch worker is free, and the buffer is ours again; or nullptr if it could not be taken back.
  template <class UnderLock>
  bool offer(FetchType& slot, ConnBuffer*& buffer, UnderLock&& under_lock) {
    if (!pool_.has_free_fetch_worker()) {
      return false;  // before give(), which may cost a copy
    }
    ConnBuffer* travelling = own_.give(buffer);
    if (travelling == nullptr) {
      return false;
    }
    slot.travelling = travelling;
    slot.hops_left = shared_.settings.handoff.hops > 0 ? shared_.settings.handoff.hops - 1 : 0;
    slot.start();
    if (pool_.offer(&slot, under_lock)) {
      return true;
    }
    buffer = take_back(slot);
    return false;
  }
  // What nobody took is ours again; nullptr: it does not fit into what we have any more either.
  ConnBuffer* take_back(FetchType& slot) noexcept {
    ConnBuffer* const travelling = std::exchange(slot.travelling, nullptr);
    ConnBuffer* const buffer = own_.take(travelling);
    if (buffer == nullptr) {
      drop_travelling(own_, travelling);
    }
    return buffer;
  }

  Delivered deliver_own(Client& client, FetchType& slot, ConnBuffer& buffer) {
    Clock::time_point deadline = Clock::time_point::max();  // set at the first slice without bytes
    for (;;) {
      while (buffer.has_unread() && !slot.framer.finished()) {
        const http::BodyFramer::Piece piece = slot.framer.next(buffer.unread());
        if (piece.status == http::BodyFramer::Status::invalid) {
          return failed(client);
        }
        if (!piece.payload.empty() && !add_body(client, piece.payload)) {
          return Delivered::client_gone;
        }
        buffer.consume(piece.consumed);  // the bytes stay where they are until the next read
      }
      if (slot.framer.finished()) {
        sender_.end_body();
        return sender_.flush(client) ? Delivered::complete : Delivered::client_gone;
      }
      // A head by itself waits for the body's first bytes: origins often send them right behind it.
      if ((sender_.body_bytes() != 0 || !sender_.head_pending()) && !sender_.flush(client)) {
        return Delivered::client_gone;
      }
      const net::IoResult got = slot.connection.read(buffer.free_space(), buffer.free_bytes());
      if (got.ok()) {
        buffer.filled(got.bytes);
        deadline = Clock::time_point::max();
      } else if (got.slice_over()) {
        if (!sender_.flush(client) || client.peer_gone()) {
          return Delivered::client_gone;
        }
        const Clock::time_point now = Clock::now();
        if (deadline == Clock::time_point::max()) {
          deadline = now + shared_.settings.backend_timeout;
        } else if (now >= deadline) {
          return Delivered::broken;  // the head went out with the first slice
        }
      } else if (!(slot.framer.at_close() && got.closed())) {
        return failed(client);
      }
    }
  }

  // The client worker's half while a fetch worker fetches. Nothing: the fetch worker could not hold the
  // read-ahead, which travels back to us; of the answer at most the head was sent.
  std::optional<Delivered> deliver_handed(Client& client, FetchType*& slot) {
    Transit& transit = slot->transit;
    for (;;) {
      const bool fetched = slot->fetched();  // before looking for bytes: then these are the last
      const bool complete = fetched && slot->result == FetchResult::complete;
      if (fetched && slot->result == FetchResult::not_taken) {
        static_cast<void>(slot->leave());  // ours again
        return std::nullopt;
      }
      const auto runs = transit.readable();
      const std::size_t bytes = runs[0].size() + runs[1].size();
      if (bytes != 0 || complete) {
        for (const std::span<char> run : runs) {
          if (!run.empty()) {
            static_cast<void>(
                sender_.add_body({run.data(), run.size()}));  // two pieces always fit after a flush
          }
        }
        if (complete) {
          sender_.end_body();
        }
        if (!sender_.flush(client)) {
          return leave_fetch(slot, Delivered::client_gone);
        }
        transit.consume(bytes);
      }
      if (fetched) {
        return leave_fetch(slot, complete ? Delivered::complete : failure(slot->result, client));
      }
      if (bytes == 0 && !transit.consumer_waits(shared_.settings.waiting, shared_.settings.hangup_check)) {
        // The origin is slow: the head goes out by itself, and the client may have gone.
        if (!sender_.flush(client) || client.peer_gone()) {
          return leave_fetch(slot, Delivered::client_gone);
        }
      }
    }
  }

  // Our last look at a slot that was handed off: it is ours again if the fetch worker is through.
  Delivered leave_fetch(FetchType*& slot, Delivered delivered) {
    if (!slot->fetched()) {
      slot->cancel(shared_.settings.on_hangup == OnHangup::interrupt);
    }
    if (!slot->leave()) {
      slot = nullptr;  // the fetch worker closes the connection and puts the slot on the free list
      return delivered;
    }
    if (slot->travelling != nullptr) {
      drop_travelling(own_, std::exchange(slot->travelling, nullptr));
    }
    if (delivered != Delivered::complete || !slot->reusable) {
      slot->connection.close();
    }
    return delivered;
  }

  bool add_body(Client& client, std::string_view payload) {
    if (sender_.add_body(payload)) {
      return true;
    }
    return sender_.flush(client) && sender_.add_body(payload);
  }

  // The origin failed. An answer of our own is possible while nothing was sent; otherwise what came is still
  // delivered.
  Delivered failed(Client& client) {
    if (sender_.head_pending()) {
      return Delivered::origin_failed;
    }
    return sender_.flush(client) ? Delivered::broken : Delivered::client_gone;
  }
  Delivered failure(FetchResult result, Client& client) {
    const Delivered failure = failed(client);
    if (failure != Delivered::origin_failed) {
      return failure;
    }
    switch (result) {
      case FetchResult::origin_timeout:
        return Delivered::origin_timeout;
      default:
        return Delivered::origin_failed;
    }
  }

  Shared<S, T>& shared_;
  PoolType& pool_;
  typename S::Worker& own_;
  MessageSender& sender_;
  WorkerCounters& counters_;
  double& handoff_credit_;
};

}  // namespace baton::pipeline
