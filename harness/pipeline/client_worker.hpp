// A thread that serves client connections, one request at a time, from its first byte to the last of its
// answer.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/http/forward.hpp"
#include "harness/pipeline/delivery.hpp"
#include "harness/pipeline/exchange.hpp"
#include "harness/pipeline/read_head.hpp"
#include "harness/pipeline/worker.hpp"

namespace baton::pipeline {

template <Strategy S, Transport T>
class ClientWorker : private Worker<S, T> {
  using Base = Worker<S, T>;
  using SessionType = typename Shared<S, T>::SessionType;
  using FetchType = typename Shared<S, T>::FetchType;
  enum class After : std::uint8_t { next_request, quiet, close };

 public:
  ClientWorker(Shared<S, T>& shared, std::uint32_t index, WorkerRecord& record, typename T::Local& local)
      : Base(shared, index, record), local_(local), head_memory_(head_bytes(shared.settings)) {}

  // Until the pool is stopped, or this worker is to be replaced: then true. On the thread that made this.
  // `waiter` takes sessions that are quiet or over.
  template <class Waiter>
  bool run(Waiter& waiter) {
    while (SessionType* session = this->pool_.next_session(post_, this->under_lock())) {
      this->counters().dispatches.add();
      if (std::exchange(session->last_worker, this) != this) {
        this->counters().migrations.add();
      }
      T::serving(session->connection, local_);
      if (serve(*session) == After::quiet) {
        waiter.watch(*session);
      } else {
        waiter.close(*session);
      }
      if (this->worn_out()) {
        break;
      }
    }
    if (slot_ != nullptr) {
      slot_->connection.close();
      this->shared_.free_slots.put(slot_);
    }
    return this->worn_out();
  }

 private:
  static std::size_t head_bytes(const Settings& settings) {
    constexpr std::size_t kAdded = 1024;  // what an intermediary may add to a head that filled the buffer
    return settings.buffers.buffer_bytes + kAdded;
  }

  After serve(SessionType& session) {
    After after = After::next_request;
    ConnBuffer* buffer = nullptr;
    bool first = true;
    this->housekeep();
    while (after == After::next_request) {
      if (buffer == nullptr && !first && (this->worn_out() || !may_linger())) {
        return After::quiet;  // holding nothing: what the strategy keeps with the session is there already
      }
      if (buffer == nullptr && (buffer = acquire(this->own_, session.place, this->acquires())) == nullptr) {
        exhausted(session);
        return After::close;
      }
      first = false;
      after = request(session, *buffer);
      if (after == After::quiet) {
        this->own_.idle(session.place, buffer);
        buffer = nullptr;
      } else if (after == After::close || !buffer->has_unread()) {
        this->own_.release(buffer);
        buffer = nullptr;
      }
      this->housekeep();
    }
    return after;
  }

  [[nodiscard]] bool may_linger() const noexcept {
    return this->shared_.settings.linger.count() != 0 &&
           !this->pool_.crowded(
               this->shared_.open_sessions.load(std::memory_order_relaxed) / this->shared_.settings.pools,
               this->shared_.settings.client_workers / this->shared_.settings.pools);
  }

  After request(SessionType& session, ConnBuffer& buffer) {
    switch (read_request_head(session, buffer)) {
      case HeadStatus::complete:
        break;
      case HeadStatus::incomplete:
        return answer_error(session, 408, "the request head did not come in time", Keep::no);
      case HeadStatus::slice_over:
        return After::quiet;  // nothing yet, or the start of a head, which waits in the buffer
      case HeadStatus::malformed:
        return answer_error(session, request_.parser().unknown_method() ? 501 : 400, request_.error(),
                            Keep::no);
      case HeadStatus::too_large:
        return answer_error(
            session, 431,
            *request_.error() != '\0' ? request_.error() : "the request head does not fit into the buffer",
            Keep::no);
      case HeadStatus::closed:
      case HeadStatus::failed:
        return After::close;
    }
    this->counters().requests.add();
    this->one_more();
    const http::RequestHead& head = request_.head();
    if (head.method == HTTP_CONNECT) {
      return answer_error(session, 501, "CONNECT is not supported", Keep::no);
    }
    if (slot_ == nullptr) {
      slot_ = this->shared_.get_slot();
    }
    Exchange<S, T> exchange(this->shared_, this->own_, *slot_, this->counters(), this->acquires(), response_);
    const ExchangeResult sent = exchange.run(session, buffer, request_, writer());
    if (sent.status != 0) {
      if (sent.backend_buffer != nullptr) {
        this->own_.release(sent.backend_buffer);
      }
      slot_->connection.close();
      if (sent.status == kClientGone) {
        this->counters().client_hangups.add();
        return After::close;
      }
      if (sent.exhausted) {
        this->counters().exhausted.add();
      }
      return answer_error(session, sent.status, sent.detail, sent.request_consumed ? Keep::yes : Keep::no);
    }
    return deliver(session, buffer, sent);
  }

  // `incomplete`: the head's time is over. A client that dribbles has this worker for as long as it lingers
  // and goes back to the waiter then, so that others come in between.
  HeadStatus read_request_head(SessionType& session, ConnBuffer& buffer) {
    request_.restart();
    Clock::time_point turn_end = Clock::time_point::max();
    for (;;) {
      const HeadStatus status = request_.read(session.connection, buffer);
      if (status == HeadStatus::complete) {
        session.head_deadline = Clock::time_point::max();
        return status;
      }
      if (status == HeadStatus::slice_over && !buffer.has_unread()) {
        return status;
      }
      if (status != HeadStatus::incomplete && status != HeadStatus::slice_over) {
        return status;
      }
      const Clock::time_point now = Clock::now();
      if (session.head_deadline == Clock::time_point::max()) {
        session.head_deadline = now + this->shared_.settings.head_timeout;
      } else if (now >= session.head_deadline) {
        return HeadStatus::incomplete;
      }
      if (turn_end == Clock::time_point::max()) {
        turn_end = now + this->shared_.settings.linger;
      }
      if (status == HeadStatus::slice_over || now >= turn_end) {
        return HeadStatus::slice_over;
      }
    }
  }

  After deliver(SessionType& session, const ConnBuffer& client_buffer, const ExchangeResult& sent) {
    const http::RequestHead& head = request_.head();
    const http::ResponseHead& response = response_.head();
    const http::Framing origin_framing = http::response_framing(head.method, response);
    http::ClientFraming framing = http::client_framing(head, response, origin_framing);
    framing.keep_alive = framing.keep_alive && sent.request_consumed &&
                         !this->shared_.draining.load(std::memory_order_relaxed);
    http::HeadWriter out = writer();
    http::write_forwarded_response(out, head, response, framing);
    ConnBuffer* backend_buffer = sent.backend_buffer;
    if (out.overflowed()) {
      this->own_.release(backend_buffer);
      slot_->connection.close();
      return answer_error(session, 502, "the answer's head is too large",
                          sent.request_consumed ? Keep::yes : Keep::no);
    }
    slot_->framer.start(origin_framing, response.content_length);
    slot_->reusable =
        response.keep_alive && origin_framing != http::Framing::until_close && sent.request_sent;
    backend_buffer->consume(response_.head_bytes());  // `response` is not read any more

    sender_.start(out.written(), framing.framing == http::Framing::chunked);
    Delivery<S, T> delivery(this->shared_, this->pool_, this->own_, sender_, this->counters(),
                            handoff_credit_);
    const Delivered delivered = delivery.run(session.connection, slot_, backend_buffer, this->under_lock());
    this->counters().body_bytes.add(sender_.body_bytes());
    switch (delivered) {
      case Delivered::complete:
        if (framing.keep_alive && framing.framing != http::Framing::until_close) {
          return After::next_request;
        }
        if (!sent.request_consumed || client_buffer.has_unread()) {
          session.connection.end_gracefully();  // the client has sent more than we read
        }
        return After::close;
      case Delivered::client_gone:
        this->counters().client_hangups.add();
        return After::close;
      case Delivered::broken:
        this->counters().broken_answers.add();
        return After::close;
      case Delivered::origin_failed:
        return answer_error(session, 502, "the origin's answer broke off", Keep::no);
      case Delivered::origin_timeout:
        return answer_error(session, 504, "the origin stopped sending", Keep::no);
      case Delivered::no_room:
        this->counters().exhausted.add();
        return answer_error(session, 503, "no room for the read-ahead", Keep::no);
    }
    return After::close;
  }

  enum class Keep : bool { no, yes };
  After answer_error(SessionType& session, int status, std::string_view detail, Keep keep) {
    this->counters().error_answers.add();
    const http::RequestHead& head = request_.head();
    const bool keep_alive =
        keep == Keep::yes && head.keep_alive && !this->shared_.draining.load(std::memory_order_relaxed);
    http::HeadWriter out = writer();
    http::write_error_response(out, status, detail, keep_alive, head.method == HTTP_HEAD);
    sender_.start(out.written(), false);
    if (sender_.flush(session.connection) && keep_alive) {
      return After::next_request;
    }
    session.connection.end_gracefully();
    return After::close;
  }
  void exhausted(SessionType& session) {
    this->counters().exhausted.add();
    request_.restart();
    answer_error(session, 503, "no buffer is free", Keep::no);
  }
  http::HeadWriter writer() noexcept { return {head_memory_.data(), head_memory_.size()}; }

  typename T::Local& local_;
  Post<SessionType> post_;
  FetchType* slot_ = nullptr;  // with the backend connection this worker keeps
  HeadReader<http::RequestParser> request_;
  HeadReader<http::ResponseParser> response_;
  MessageSender sender_;
  std::vector<char> head_memory_;  // the head under way: to the origin, then to the client
  double handoff_credit_ = 0;
};

}  // namespace baton::pipeline
