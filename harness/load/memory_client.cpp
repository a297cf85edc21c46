#include "harness/load/memory_client.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <thread>
#include <utility>

#include "harness/load/quantiles.hpp"

namespace baton::load {

namespace {
// Behind every body: stages at which a client can leave before that.
constexpr std::uint64_t kInTheRequest = ~std::uint64_t{0} - 1, kBeforeTheAnswer = ~std::uint64_t{0};
}  // namespace

MemoryClient::MemoryClient(const MemoryScript& script, const RunClock& clock, std::uint32_t index,
                           ScheduleCursor* scheduled)
    : script_(script),
      run_(clock),
      scheduled_(scheduled),
      timed_(script.open_loop || !script.think_us.empty()),
      slow_(index < script.slow_connections),
      seed_(script.seed + index),
      kinds_(script.kinds),
      next_request_(index),
      hangup_credit_(static_cast<double>(index) / script.connections),  // not all at once
      random_(script.seed * 7919 + index) {
  if (kinds_.empty()) {
    for (const std::uint64_t bytes : script.body_bytes) {
      kinds_.push_back({.body_bytes = bytes, .head_bytes = script.request_head_bytes});
    }
  }
  for (const ScheduledRequest& kind : kinds_) requests_.push_back(make_request(kind));
  if (script.open_loop && scheduled == nullptr) {
    const double per_client =
        script.rate / static_cast<double>(script.connections) / static_cast<double>(script.pipelining);
    interval_ticks_ = static_cast<double>(clock_.ns_to_ticks(1'000'000'000)) / per_client;
    // The clients' first arrivals are spread over one interval.
    next_due_ = static_cast<double>(clock_.ticks()) +
                interval_ticks_ * static_cast<double>(index) / static_cast<double>(script.connections);
  }
}

std::string MemoryClient::make_request(const ScheduledRequest& kind, Fault fault) const {
  std::string request = (kind.head_only ? "HEAD /bytes/" : "GET /bytes/") + std::to_string(kind.body_bytes) +
                        "?seed=" + std::to_string(seed_) +
                        (fault == Fault::none ? "" : "&fault=" + std::to_string(static_cast<int>(fault))) +
                        " HTTP/1.1\r\nHost: origin.example\r\nUser-Agent: baton-memory/1\r\nAccept: */*\r\n";
  constexpr std::string_view kPad = "X-Pad: ";
  const std::size_t without = request.size() + kPad.size() + 4;
  if (kind.head_bytes > without) {
    request.append(kPad).append(kind.head_bytes - without, 'p').append("\r\n");
  }
  return request + "\r\n";
}

void MemoryClient::connect() noexcept {
  gone_ = false;
  unanswered_ = 0;
  unsent_ = 0;
  checker_.reset();
  left_on_connection_ =
      static_cast<std::uint64_t>(std::lround(draw(script_.requests_per_connection, random_)));
  schedule_next();
}

void MemoryClient::schedule_next() noexcept {
  const std::uint64_t now = clock_.ticks();
  if (scheduled_ != nullptr) {
    take_scheduled(now);
    return;
  }
  if (!script_.open_loop) {
    const double think_us = draw(script_.think_us, random_);
    due_ = start_ = now + clock_.ns_to_ticks(static_cast<std::uint64_t>(think_us * 1e3));
    return;
  }
  due_ = static_cast<std::uint64_t>(next_due_);
  start_ = std::max(due_, now);
  double interval = interval_ticks_;
  if (script_.poisson) {
    interval *= std::exponential_distribution<double>(1.0)(random_);
  }
  next_due_ += interval;
}

// What was not sent on the connection before is kept.
void MemoryClient::take_scheduled(std::uint64_t now) noexcept {
  if (!taken_unsent_) {
    taken_ = scheduled_->take(now);
    taken_unsent_ = true;
  }
  due_ = taken_.due;
  start_ = std::max(due_, now);
}

void MemoryClient::resume() noexcept {
  if (!script_.open_loop) {
    due_ = start_ = clock_.ticks();
  }
}

std::uint64_t MemoryClient::due() const noexcept {
  return gone_ || stopped_.load(std::memory_order_relaxed) ? 0 : due_;  // a flag orders nothing
}

net::IoResult MemoryClient::read(char* memory, std::size_t bytes, net::Waiting waiting,
                                 std::chrono::milliseconds slice) noexcept {
  if (unsent_ == 0) {
    if (unanswered_ != 0) {
      return {.bytes = 0, .error = EAGAIN};  // nothing more is sent before the batch is answered
    }
    if (gone_ || stopped_.load(std::memory_order_relaxed)) {  // a flag orders nothing
      return {};
    }
    if (run_.gate.closed()) {
      return {.bytes = 0, .error = EAGAIN};  // the waiter holds the session
    }
    if (scheduled_ != nullptr && taken_.request == nullptr) {
      return {};  // the schedule is through
    }
    if (timed_) {
      const std::uint64_t now = clock_.ticks();
      if (now < due_) {
        const std::chrono::nanoseconds left(clock_.ticks_to_ns(due_ - now));
        if (left > slice) {
          std::this_thread::sleep_for(slice);
          return {.bytes = 0, .error = EAGAIN};
        }
        if (waiting == net::Waiting::block) {
          std::this_thread::sleep_for(left);
        }
        while (clock_.ticks() < due_) {
          net::cpu_relax();
        }
      }
    }
    send_batch();
    if (script_.pipelining == 1 && script_.cut_bytes == 0 && scheduled_ == nullptr && fault_ == Fault::none &&
        !(hang_up_ && script_.hangup_anywhere) && requests_[expected_ % requests_.size()].size() <= bytes) {
      const std::string& request = requests_[expected_ % requests_.size()];
      std::memcpy(memory, request.data(), request.size());
      return {.bytes = request.size(), .error = 0};
    }
    unsent_copy_.clear();
    if (scheduled_ != nullptr || fault_ != Fault::none) {
      unsent_copy_ = make_request(kind_of(expected_), fault_);
    } else {
      for (std::uint32_t i = 0; i < script_.pipelining; ++i) {
        unsent_copy_ += requests_[(expected_ + i) % requests_.size()];
      }
    }
    if (hang_up_ && hang_up_at_ == kInTheRequest) unsent_copy_.resize(unsent_copy_.size() / 2);
    unsent_ = unsent_copy_.size();
  }
  std::size_t copied = std::min(bytes, unsent_);
  if (script_.cut_bytes != 0)
    copied = static_cast<std::size_t>(std::min<std::uint64_t>(copied, script_.cut_bytes));
  std::memcpy(memory, unsent_copy_.data() + unsent_copy_.size() - unsent_, copied);
  unsent_ -= copied;
  if (unsent_ == 0 && hang_up_ && hang_up_at_ >= kInTheRequest) leave();
  return {.bytes = copied, .error = 0};
}

void MemoryClient::leave() noexcept {
  ++local_->hung_up;
  gone_ = true;
  unanswered_ = 0;
}

void MemoryClient::met_fault(std::uint64_t now) noexcept {
  ++local_->hit;
  hit_at_ = now;
}

void MemoryClient::broken(bool wrong) noexcept {
  if (fault_ != Fault::none) {
    met_fault(clock_.ticks());
  } else {
    ++(wrong ? local_->wrong : local_->failed);
  }
  gone_ = true;
  unanswered_ = 0;
}

void MemoryClient::send_batch() noexcept {
  expected_ = next_request_;
  next_request_ += script_.pipelining;
  unanswered_ = script_.pipelining;
  taken_unsent_ = false;
  if (script_.open_loop) {
    const std::uint64_t now = clock_.ticks();
    if (run_.measured(due_, now)) local_->late.record(clock_.elapsed_ns(due_, now));
  }
  expect_next();
}

void MemoryClient::expect_next() noexcept {
  const ScheduledRequest& kind = kind_of(expected_);
  checker_.expect({.bytes = kind.body_bytes, .seed = seed_}, kind.head_only);
  hangup_credit_ += script_.hangup_fraction;
  hang_up_ = hangup_credit_ >= 1;
  if (hang_up_) {
    hangup_credit_ -= 1;
    hang_up_at_ = script_.hangup_anywhere ? anywhere(kind.body_bytes) : script_.hangup_after;
  }
  fault_ = hang_up_ ? Fault::none : draw_fault(script_.faults, random_);
}

// One in eight in the request, one in eight before the answer, the others anywhere in the body.
std::uint64_t MemoryClient::anywhere(std::uint64_t body_bytes) noexcept {
  constexpr std::uint64_t kStages = 8;
  const std::uint64_t stage = random_() % kStages;
  if (stage == 0 || body_bytes == 0) return kInTheRequest;
  if (stage == 1) return kBeforeTheAnswer;
  return random_() % body_bytes;
}

net::IoResult MemoryClient::write(std::span<iovec> pieces) noexcept {
  std::size_t total = 0;
  if (gone_) {
    return {.bytes = 0, .error = EPIPE};
  }
  if (slow_) {
    for (const iovec& piece : pieces) read_slowly(piece.iov_len);
  }
  for (const iovec& piece : pieces) {
    std::string_view bytes{static_cast<const char*>(piece.iov_base), piece.iov_len};
    total += bytes.size();
    while (!bytes.empty()) {
      if (unanswered_ == 0) {
        // Before any request this can be a refusal; anything else is an answer nobody asked for.
        ++(bytes.starts_with("HTTP/1.1 5") ? local_->failed : local_->wrong);
        gone_ = true;
        return {.bytes = 0, .error = EPIPE};
      }
      const AnswerChecker::Fed fed = checker_.feed(bytes);
      bytes.remove_prefix(fed.consumed);
      if (fed.status == AnswerChecker::Status::wrong) {
        broken(checker_.status() < 400);
        return {.bytes = 0, .error = EPIPE};
      }
      if (hang_up_ && checker_.body_offset() >= hang_up_at_) {
        leave();
        return {.bytes = total,
                .error = 0};  // the bytes were taken; whoever looks will see that the client has gone
      }
      if (fed.status == AnswerChecker::Status::complete) {
        complete();
      }
    }
  }
  return {.bytes = total, .error = 0};
}

void MemoryClient::complete() noexcept {
  const std::uint64_t now = clock_.ticks();
  ++local_->completed_ever;
  if (fault_ != Fault::none) {
    met_fault(now);
  } else if (hit_at_ != 0) {
    local_->recovery.record(clock_.elapsed_ns(std::exchange(hit_at_, 0), now));
  }
  if (fault_ == Fault::none && run_.measured(due_, now)) {
    ++completed_;
    ++local_->completed;
    local_->body_bytes += checker_.body_offset();
    local_->intended.record(clock_.elapsed_ns(due_, now));
    local_->service.record(clock_.elapsed_ns(start_, now));
  }
  ++expected_;
  if (--unanswered_ != 0) {
    expect_next();
  } else if (left_on_connection_ != 0 && --left_on_connection_ == 0) {
    gone_ = true;  // and comes back on another connection
  } else if (timed_) {
    schedule_next();
  } else {
    due_ = start_ = now;
  }
}

// Whoever writes waits meanwhile, as for a socket whose buffer is full.
void MemoryClient::read_slowly(std::size_t bytes) noexcept {
  read_since_pause_ += bytes;
  for (; read_since_pause_ >= script_.slow_bytes; read_since_pause_ -= script_.slow_bytes) {
    if (stopped_.load(std::memory_order_relaxed)) return;  // a flag orders nothing
    std::this_thread::sleep_for(script_.slow_pause);
  }
}

void MemoryClient::closed() noexcept {
  if (local_ != nullptr && unanswered_ != 0) {
    // After stop() the server may end a connection in the middle of a batch: that is its drain, not a
    // failure.
    if (stopped_.load(std::memory_order_relaxed)) {  // a flag orders nothing
      unanswered_ = 0;
    } else if (fault_ != Fault::none) {
      broken(false);
    } else {
      local_->failed += unanswered_;
      unanswered_ = 0;
    }
  }
}

}  // namespace baton::load
