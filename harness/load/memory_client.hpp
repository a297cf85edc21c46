// The client's end of in-memory connections: a script that sends requests and compares every byte of the
// answers.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "harness/load/answer_checker.hpp"
#include "harness/load/memory_script.hpp"
#include "harness/measure/cache_line.hpp"
#include "harness/net/connection.hpp"
#include "harness/net/wait.hpp"

namespace baton::load {

// One logical client. It outlives its connections: after hanging up it connects again. Used by whichever
// thread serves its connection, one at a time.
class alignas(kCacheLineBytes) MemoryClient {
 public:
  // `scheduled`, shared by all: where script.schedule is given.
  MemoryClient(const MemoryScript& script, const RunClock& clock, std::uint32_t index,
               ScheduleCursor* scheduled = nullptr);

  void connect() noexcept;  // a new connection begins; nothing is sent or expected
  void serve_on(MemoryLocal& local) noexcept { local_ = &local; }
  void stop() noexcept {
    stopped_.store(true, std::memory_order_relaxed);
  }  // any thread; closes between requests. A flag

  // Was held back (RunClock::gate): the time until now is not the server's. By the thread that will serve it
  // or hands it to that one.
  void resume() noexcept;
  // When the next request is due, in ticks; 0 = the client closes.
  [[nodiscard]] std::uint64_t due() const noexcept;
  net::IoResult read(char* memory, std::size_t bytes, net::Waiting waiting,
                     std::chrono::milliseconds slice) noexcept;
  net::IoResult write(std::span<iovec> pieces) noexcept;
  [[nodiscard]] bool gone() const noexcept { return gone_; }
  // Right answers in the measured phase. When nobody serves it.
  [[nodiscard]] std::uint64_t completed() const noexcept { return completed_; }
  void closed() noexcept;  // by the server: what was sent and not answered has failed

 private:
  void send_batch() noexcept;
  void complete() noexcept;
  void expect_next() noexcept;
  void schedule_next() noexcept;
  [[nodiscard]] const ScheduledRequest& kind_of(std::uint64_t request) const noexcept {
    return taken_.request != nullptr ? *taken_.request : kinds_[request % kinds_.size()];
  }
  [[nodiscard]] std::string make_request(const ScheduledRequest& kind, Fault fault = Fault::none) const;
  [[nodiscard]] std::uint64_t anywhere(std::uint64_t body_bytes) noexcept;  // where to hang up
  void leave() noexcept;                                                    // hangs up
  void broken(bool wrong) noexcept;  // the answer under way is no answer, and the connection over
  void met_fault(std::uint64_t now) noexcept;
  void take_scheduled(std::uint64_t now) noexcept;
  void read_slowly(std::size_t bytes) noexcept;

  const MemoryScript& script_;
  const RunClock& run_;
  ScheduleCursor* scheduled_;
  ScheduleCursor::Taken taken_;  // the request to be sent, or under way
  bool taken_unsent_ = false;
  bool timed_;  // requests are due at times, not as soon as they can be sent
  bool slow_;
  std::uint64_t read_since_pause_ = 0;
  std::uint64_t left_on_connection_ = 0;  // 0: no limit
  std::uint64_t completed_ = 0;           // in the measured phase
  const TickClock& clock_ = TickClock::shared();
  MemoryLocal* local_ = nullptr;
  std::atomic<bool> stopped_{false};
  bool gone_ = false;
  std::uint64_t seed_;
  std::vector<ScheduledRequest> kinds_;
  std::vector<std::string> requests_;  // one for each kind
  std::uint64_t next_request_;         // counts requests; its remainder chooses the size
  // The batch under way: `sent_` of the requests from `expected_` on are not answered yet.
  std::uint64_t expected_ = 0;
  std::uint32_t unanswered_ = 0;
  std::string unsent_copy_;  // a batch that did not fit into the reader's buffer
  std::size_t unsent_ = 0;
  std::uint64_t start_ = 0;       // ticks: when the batch could be sent
  std::uint64_t due_ = 0;         // ticks: when it was due
  bool hang_up_ = false;          // in the answer under way
  std::uint64_t hang_up_at_ = 0;  // body bytes
  Fault fault_ = Fault::none;     // of the request under way
  std::uint64_t hit_at_ = 0;      // ticks: the end of a request that met a fault, until the next right answer
  double hangup_credit_ = 0;
  double interval_ticks_ = 0;  // open loop: mean time between two batches of this client
  double next_due_ = 0;
  std::mt19937_64 random_;
  AnswerChecker checker_;
};

// A handle on the client, as the pipeline sees a connection.
class MemoryClientConnection {
 public:
  MemoryClientConnection() noexcept = default;
  MemoryClientConnection(MemoryClient& client, net::Waiting waiting, std::chrono::milliseconds slice) noexcept
      : client_(&client), slice_(slice), waiting_(waiting) {}

  net::IoResult read(char* memory, std::size_t bytes) noexcept {
    return client_->read(memory, bytes, waiting_, slice_);
  }
  net::IoResult read_now(char* memory, std::size_t bytes) noexcept {
    return client_->read(memory, bytes, waiting_, std::chrono::milliseconds(0));
  }
  net::IoResult write(std::span<iovec> pieces) noexcept { return client_->write(pieces); }
  void interrupt() noexcept { client_->stop(); }
  [[nodiscard]] bool peer_gone() const noexcept { return client_->gone(); }
  void close() noexcept { client_ = nullptr; }
  void end_gracefully() noexcept {}  // the session's end says it
  [[nodiscard]] bool is_open() const noexcept { return client_ != nullptr; }
  [[nodiscard]] MemoryClient& client() const noexcept { return *client_; }

 private:
  MemoryClient* client_ = nullptr;
  std::chrono::milliseconds slice_{0};
  net::Waiting waiting_ = net::Waiting::block;
};
static_assert(net::Connection<MemoryClientConnection>);

}  // namespace baton::load
