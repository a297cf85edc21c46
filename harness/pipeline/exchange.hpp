// The first half of a request: it goes to the origin, and the answer's head comes back.
#pragma once

#include <cstdint>
#include <string_view>

#include "harness/http/forward.hpp"
#include "harness/pipeline/message_sender.hpp"
#include "harness/pipeline/read_head.hpp"
#include "harness/pipeline/shared.hpp"
#include "harness/pipeline/timed_acquire.hpp"
#include "harness/pipeline/worker.hpp"

namespace baton::pipeline {

inline constexpr int kClientGone = -1;

// Whether a request may be sent again although the origin may have seen it already (RFC 9110 section 9.2.2).
constexpr bool may_repeat(llhttp_method_t method) noexcept {
  switch (method) {
    case HTTP_GET:
    case HTTP_HEAD:
    case HTTP_OPTIONS:
    case HTTP_TRACE:
    case HTTP_PUT:
    case HTTP_DELETE:
      return true;
    default:
      return false;
  }
}

struct ExchangeResult {
  int status = 0;  // 0: the answer's head is parsed; kClientGone; else the status of the error answer
  std::string_view detail;        // of the error
  bool exhausted = false;         // the error is that there was no buffer
  bool request_consumed = false;  // the whole request was read, so that the client connection can go on
  bool request_sent = false;      // the origin took all of it, so that the backend connection can go on
  ConnBuffer* backend_buffer = nullptr;  // if not null it is the caller's to release, also after an error
};

template <Strategy S, Transport T>
class Exchange {
  using FetchType = typename Shared<S, T>::FetchType;
  using SessionType = typename Shared<S, T>::SessionType;

 public:
  // `response` is parsed in place in the backend buffer.
  Exchange(Shared<S, T>& shared, typename S::Worker& own, FetchType& slot, WorkerCounters& counters,
           Histogram* acquires, HeadReader<http::ResponseParser>& response)
      : shared_(shared),
        own_(own),
        slot_(slot),
        counters_(counters),
        acquires_(acquires),
        response_(response) {}

  // `request` is parsed at the front of `client_buffer`; its bytes are consumed here. `out` is room for the
  // head.
  ExchangeResult run(SessionType& session, ConnBuffer& client_buffer,
                     const HeadReader<http::RequestParser>& request, http::HeadWriter out) {
    const http::RequestHead& head = request.head();
    http::write_forwarded_request(out, head, shared_.transport.authority());
    client_buffer.consume(request.head_bytes());  // from here on the head's views are not read
    body_.start(head.framing, head.content_length);
    const bool has_body = !body_.finished();
    result_.request_consumed = !has_body;
    if (out.overflowed()) {
      return fail(431, "the request head is too large to forward");
    }
    result_.backend_buffer = acquire(own_, slot_.place, acquires_);
    if (result_.backend_buffer == nullptr) {
      result_.exhausted = true;
      return fail(503, "no buffer is free");
    }
    // What came on a kept connection since its last answer would be taken for this one's. The origin may also
    // have closed it, or do so just now: a request that may be repeated is then sent again on a new one.
    if (slot_.connection.is_open() && !slot_.connection.quiet()) {
      slot_.connection.close();
    }
    const bool kept = slot_.connection.is_open();
    if (!kept && !connect()) {
      return result_;
    }
    for (bool retry = kept && !has_body && may_repeat(head.method);; retry = false) {
      sender_.start(out.written(), head.framing == http::Framing::chunked);
      response_.restart();
      const bool sent = has_body ? send_with_body(session, client_buffer, head.expects_continue) : flush();
      if (result_.status != 0) {
        return result_;
      }
      result_.request_sent = sent;
      const HeadStatus got =
          read_head(session);  // also when sending failed: the origin may have answered before it closed
      if (got == HeadStatus::complete || result_.status != 0) {
        return result_;
      }
      const bool dead =
          (got == HeadStatus::closed || got == HeadStatus::failed) && !result_.backend_buffer->has_unread();
      if (dead && retry) {
        counters_.retries.add();
        slot_.connection.close();
        if (!connect()) {
          return result_;
        }
        continue;
      }
      if (got == HeadStatus::too_large) {
        return fail(502, *response_.error() != '\0'
                             ? "the origin's answer has more than 128 header fields"
                             : "the head of the origin's answer does not fit into the buffer");
      }
      return fail(502, got == HeadStatus::malformed ? "the origin's answer is malformed"
                       : sent                       ? "the origin closed the connection without an answer"
                                                    : "the origin did not take the request");
    }
  }

 private:
  const ExchangeResult& fail(int status, std::string_view detail) noexcept {
    result_.status = status;
    result_.detail = detail;
    return result_;
  }

  bool connect() {
    auto backend = shared_.transport.connect_backend(shared_.settings);
    if (backend.error != 0) {
      switch (backend.error) {
        case ETIMEDOUT:
          fail(504, "the origin did not accept a connection in time");
          break;
        case EMFILE:
        case ENFILE:
          fail(503, "no file descriptor is free for a connection to the origin");
          break;
        default:
          fail(502, "the origin refused the connection");
          break;
      }
      return false;
    }
    counters_.connects.add();
    slot_.connection = std::move(backend.connection);
    return true;
  }

  // False: the origin takes no more, or wants no more: it has begun to answer.
  bool flush() {
    Clock::time_point last_byte = Clock::now();
    return sender_.flush(slot_.connection, [&](std::size_t taken) {
      const Clock::time_point now = Clock::now();
      last_byte = taken != 0 ? now : last_byte;
      return now - last_byte < shared_.settings.backend_timeout && !answered();
    });
  }

  // Whether the origin's final answer, or its end, is there before the whole request is sent. Interim answers
  // (1xx) are read and skipped.
  bool answered() {
    ConnBuffer& buffer = *result_.backend_buffer;
    for (;;) {
      HeadStatus status = response_.parse(buffer);
      if (status == HeadStatus::incomplete) {
        if (slot_.connection.quiet()) {
          return false;
        }
        status = response_.read(slot_.connection, buffer);
      }
      if (status == HeadStatus::complete && interim()) {
        buffer.consume(response_.head_bytes());
        response_.restart();
      } else if (status != HeadStatus::incomplete && status != HeadStatus::slice_over) {
        return true;  // read_head parses it again
      }
    }
  }
  // 101 is none: nobody asked for another protocol.
  [[nodiscard]] bool interim() const noexcept {
    return response_.head().status < 200 && response_.head().status != 101;
  }

  // False: as flush(). Sets the result if the client is at fault.
  bool send_with_body(SessionType& session, ConnBuffer& buffer, bool expects_continue) {
    if (expects_continue && !buffer.has_unread()) {
      MessageSender interim;
      interim.start(http::kContinue, false);
      if (!interim.flush(session.connection)) {
        fail(kClientGone, "");
        return true;
      }
    }
    Clock::time_point last_byte = Clock::now();
    for (;;) {
      while (buffer.has_unread() && !body_.finished()) {
        const http::BodyFramer::Piece piece = body_.next(buffer.unread());
        if (piece.status == http::BodyFramer::Status::invalid) {
          fail(400, "the request body's chunks are malformed");
          return true;
        }
        if (!piece.payload.empty() && !sender_.add_body(piece.payload)) {
          if (!flush()) {
            return false;
          }
          static_cast<void>(sender_.add_body(piece.payload));  // there is room now
        }
        buffer.consume(piece.consumed);  // the bytes stay where they are until the next read
      }
      if (body_.finished()) {
        sender_.end_body();
        result_.request_consumed = true;
        return flush();
      }
      if (!flush()) {
        return false;
      }
      if (answered()) {
        return false;
      }
      const net::IoResult got = session.connection.read(buffer.free_space(), buffer.free_bytes());
      if (got.ok()) {
        buffer.filled(got.bytes);
        last_byte = Clock::now();
      } else if (!got.slice_over()) {
        fail(kClientGone, "");
        return true;
      } else if (Clock::now() - last_byte > shared_.settings.client_timeout) {
        fail(408, "the request body did not come in time");
        return true;
      }
    }
  }

  // Interim answers (1xx) are skipped. Sets the result on a time-out or when the client is gone.
  HeadStatus read_head(SessionType& session) {
    ConnBuffer& buffer = *result_.backend_buffer;
    response_.restart();
    Clock::time_point deadline = Clock::time_point::max();
    for (;;) {
      const HeadStatus status = response_.read(slot_.connection, buffer);
      if (status == HeadStatus::complete) {
        if (!interim()) {
          return response_.head().status == 101 ? HeadStatus::malformed : status;
        }
        buffer.consume(response_.head_bytes());
        response_.restart();
      } else if (status != HeadStatus::slice_over && status != HeadStatus::incomplete) {
        return status;
      } else {
        const Clock::time_point now = Clock::now();
        if (deadline == Clock::time_point::max()) {
          deadline = now + shared_.settings.backend_timeout;
        }
        if (session.connection.peer_gone()) {
          fail(kClientGone, "");
          return status;
        }
        if (now >= deadline) {
          fail(504, "the origin did not answer in time");
          return status;
        }
      }
    }
  }

  Shared<S, T>& shared_;
  typename S::Worker& own_;
  FetchType& slot_;
  WorkerCounters& counters_;
  Histogram* acquires_;
  HeadReader<http::ResponseParser>& response_;
  http::BodyFramer body_;
  MessageSender sender_;
  ExchangeResult result_;
};

}  // namespace baton::pipeline
