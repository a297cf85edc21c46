// The calls of a request, made for one strategy (call_counts.hpp).
#pragma once

#include <sys/uio.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/load/memory_origin.hpp"
#include "harness/trial/call_counts.hpp"
#include "harness/trial/counted_calls.hpp"
#include "harness/trial/errand.hpp"
#include "harness/trial/memory_load.hpp"
#include "strategies/contract.hpp"
#include "strategies/line_book.hpp"
#include "strategies/platform.hpp"

namespace baton::trial {

// kLines: which lines travel is written down as well. With a platform that does not tell, only those of the
// buffers are.
template <Strategy S, bool kLines = false>
class CallScript {
 public:
  explicit CallScript(const TrialConfig& config)
      : config_(config), script_(without_pauses(memory_script(config))), strategy_(parameters(config)) {
    const pipeline::Settings& settings = config_.pipeline;
    if (settings.buffers.buffer_bytes < std::max(kAnswerHead, config_.load.request_head_bytes)) {
      throw std::runtime_error(fmt::format("a buffer of {} bytes is too small for a head of {}",
                                           settings.buffers.buffer_bytes,
                                           std::max(kAnswerHead, config_.load.request_head_bytes)));
    }
    if constexpr (S::kPromises.needs_guard) {
      // Until it has nothing more to grow; while requests are counted it comes too seldom to matter.
      for (int step = 0; step < kGuardSteps; ++step) static_cast<void>(strategy_.guard_step());
    }
    for (std::uint32_t i = 0; i < settings.client_workers + settings.fetch_workers; ++i) {
      Member& member = members_.emplace_back();
      member.thread.run([&] {
        if constexpr (kLines) this_thread_lines = {.book = &witness_.lines, .thread = i + 1};
        this_thread_ledger = &member.ledger;
        member.worker.emplace(strategy_, i);
        if (i < settings.client_workers) {
          member.slot.emplace(strategy_);
          member.origin = load::MemoryBackend(script_, settings.waiting, settings.hangup_check);
        }
        keep_house(member);
      });
    }
    free_fetchers_.resize(settings.pools);
    for (std::uint32_t i = settings.fetch_workers; i-- > 0;) {
      Member& member = members_[settings.client_workers + i];
      free_fetchers_[(settings.client_workers + i) % settings.pools].push_back(&member);
    }
    for (std::uint32_t i = 0; i < config_.load.connections; ++i) {
      clients_.emplace_back().session.emplace(strategy_);
    }
  }
  CallScript(const CallScript&) = delete;
  CallScript& operator=(const CallScript&) = delete;
  ~CallScript() {
    clients_.clear();
    for (Member& member : members_) {
      member.thread.run([&] {
        member.slot.reset();
        member.worker.reset();
        this_thread_ledger = nullptr;
        this_thread_lines = {};
      });
    }
  }

  CallCounts run(const ScriptLength& length) {
    make(length.warm_up);
    so_far_ = length.instructions;
    if (so_far_ != nullptr) {
      for (Member& member : members_) {
        member.thread.run([&] { member.asking = instructions_of_asking(); });
      }
    }
    counting_ = true;
    witness_.lines.count(true);
    make(length.requests);
    counting_ = false;
    witness_.lines.count(false);
    counts_.lines = witness_.lines.transfers();
    counts_.lines_waited_for = witness_.lines.waited_for();
    counts_.freed_elsewhere = witness_.lines.freed_elsewhere();
    return counts_;
  }

 private:
  static constexpr int kGuardSteps = 1000;
  static constexpr std::uint32_t kAnswerHead = 384;  // bytes; the origin's is shorter

  // The thread that makes the strategy is nobody's worker.
  struct Witness {
    LineBook lines;
    Witness() {
      if constexpr (kLines) this_thread_lines = {.book = &lines, .thread = 0};
    }
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
    ~Witness() { this_thread_lines = {}; }
  };

  // What the contract's factories return can be made in place only.
  struct Session {
    explicit Session(S& strategy) : place(strategy.open_session()) {}
    typename S::Session place;
  };
  struct Slot {
    explicit Slot(S& strategy) : place(strategy.open_slot()) {}
    typename S::Slot place;
  };
  struct Worker {
    Worker(S& strategy, std::uint32_t index) : own(strategy.attach(index)) {}
    typename S::Worker own;
  };
  // A worker's thread and what is the worker's; the last two of client workers only.
  struct Member {
    Ledger ledger;
    std::optional<Worker> worker;
    std::optional<Slot> slot;
    load::MemoryBackend origin;
    double handoff_credit = 0;
    std::uint64_t asking = 0;  // instructions that it takes to ask so_far_
    Errand thread;
  };
  struct Client {
    std::optional<Session> session;
    bool served = false;  // by a worker that waits for its next request
    std::uint64_t next_request = 0;
    double hangup_credit = 0;
  };

  static load::MemoryScript without_pauses(load::MemoryScript script) {
    script.pause = {};
    return script;
  }
  static Parameters parameters(const TrialConfig& config) {
    Parameters parameters = config.pipeline.buffers;
    parameters.workers = config.pipeline.client_workers + config.pipeline.fetch_workers;
    parameters.pools = config.pipeline.pools;
    return parameters;
  }

  [[nodiscard]] std::uint64_t instructions_of_asking() const {
    constexpr int kTimes = 100;
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (int i = 0; i < kTimes; ++i) {
      const std::uint64_t before = so_far_();
      least = std::min(least, so_far_() - before);
    }
    return least;
  }

  template <class F>
  auto call(Call which, Member& member, F function) {
    const Ledger before = member.ledger;
    const std::uint64_t begun = counting_ && so_far_ != nullptr ? so_far_() : 0;
    const auto count = [&] {
      if (!counting_) return;
      const auto index = static_cast<std::size_t>(which);
      if (so_far_ != nullptr) {
        const std::uint64_t taken = so_far_() - begun;
        counts_.instructions[index] += taken - std::min(taken, member.asking);
      }
      ++counts_.calls[index];
      Ledger after = member.ledger;
      after -= before;
      counts_.ledgers[index] += after;
    };
    if constexpr (std::is_void_v<decltype(function(member.worker->own))>) {
      function(member.worker->own);
      count();
    } else {
      auto result = function(member.worker->own);
      count();
      return result;
    }
  }
  // clang-format off
#define BATON_COUNTED(name, ...) \
  (counting_ ? counted::name<counted::ThisOne>(__VA_ARGS__) : counted::name<counted::NotThisOne>(__VA_ARGS__))
  // clang-format on
  template <class Place>
  ConnBuffer* acquire(Member& member, Place& place) {
    ConnBuffer* const buffer =
        call(Call::acquire, member, [&](auto& own) { return BATON_COUNTED(acquire, own, place); });
    if (buffer == nullptr) throw std::runtime_error("the strategy gave no buffer");
    touch_header(*buffer, Access::write);
    return buffer;
  }
  ConnBuffer* give(Member& member, ConnBuffer* buffer) {
    touch_header(*buffer, Access::read);
    return call(Call::give, member, [&](auto& own) { return BATON_COUNTED(give, own, buffer); });
  }
  ConnBuffer* take(Member& member, ConnBuffer* buffer) {
    touch_header(*buffer, Access::read);
    return call(Call::take, member, [&](auto& own) { return BATON_COUNTED(take, own, buffer); });
  }
  void release(Member& member, ConnBuffer* buffer) {
    touch_header(*buffer, Access::write);
    call(Call::release, member, [&](auto& own) { BATON_COUNTED(release, own, buffer); });
  }
  void housekeep(Member& member) {
    call(Call::housekeep, member, [&](auto& own) { BATON_COUNTED(housekeep, own); });
  }
  void housekeep_locked([[maybe_unused]] Member& member) {
    if constexpr (S::kPromises.housekeeps_under_pool_lock) {
      call(Call::housekeep, member, [&](auto& own) { BATON_COUNTED(housekeep_locked, own); });
    }
  }
#undef BATON_COUNTED
  static void touch_header(const ConnBuffer& buffer, Access access) noexcept {
    if constexpr (kLines) touch(&buffer, sizeof buffer, access);
  }
  // What a read has put there.
  static void touch_filled(const ConnBuffer& buffer, std::size_t bytes) noexcept {
    if constexpr (kLines) {
      touch(buffer.storage + buffer.end - bytes, bytes, Access::write);
      touch_header(buffer, Access::write);
    }
  }
  // A fetch worker, or a client worker, before it waits for work.
  void keep_house(Member& member) {
    housekeep(member);
    housekeep_locked(member);
  }

  void make(std::uint64_t requests) {
    const std::uint64_t before = made_;
    while (made_ < before + requests) {
      const std::size_t turn = next_client_++ % clients_.size();
      Member& member = client_worker_of(turn);
      member.thread.run([&] { serve(turn, member); });
    }
    if (counting_) counts_.requests += made_ - before;  // a batch is not cut
  }
  // Sessions and workers are dealt out to the pools in turn; within a pool its workers take turns.
  Member& client_worker_of(std::size_t client) {
    const std::uint32_t pools = config_.pipeline.pools;
    const auto pool = static_cast<std::uint32_t>(client % pools);
    const std::uint32_t workers = (config_.pipeline.client_workers - pool + pools - 1) / pools;
    return members_[pool + pools * ((client / pools) % workers)];
  }

  // A worker waits for a session's next request if that keeps no other session waiting; it is there at once.
  [[nodiscard]] bool lingers() const {
    const pipeline::Settings& settings = config_.pipeline;
    return settings.linger.count() != 0 &&
           config_.load.connections / settings.pools <= settings.client_workers / settings.pools;
  }

  // A batch of pipelined requests of one session, as ClientWorker::serve. On the worker's thread.
  void serve(std::size_t index, Member& member) {
    Client& client = clients_[index];
    if (!std::exchange(client.served, lingers())) {
      housekeep_locked(member);  // it takes the session from the queue
      housekeep(member);
    }
    const std::uint32_t head = config_.load.request_head_bytes;
    ConnBuffer* buffer = nullptr;
    std::uint32_t unread = 0;  // heads
    for (std::uint32_t left = config_.load.pipelining; left != 0; --left) {
      if (buffer == nullptr) {
        buffer = acquire(member, client.session->place);
        unread = std::clamp(static_cast<std::uint32_t>(buffer->free_bytes()) / head, 1U, left);
        buffer->filled(std::size_t{unread} * head);
        touch_filled(*buffer, std::size_t{unread} * head);
      }
      const bool gone = request(index, client, member);
      buffer->consume(head);
      if (--unread == 0 || gone) release(member, std::exchange(buffer, nullptr));
      housekeep(member);
      if (gone) {  // the client connects again
        client.session.emplace(strategy_);
        client.served = false;
      }
      ++made_;
    }
  }

  // As Exchange and Delivery. True: the client hangs up in the middle of the answer.
  bool request(std::size_t index, Client& client, Member& member) {
    const auto& sizes = config_.body.bytes;
    const std::uint64_t number = client.next_request++;
    const load::BodyId body{.bytes = sizes[(index + number) % sizes.size()], .seed = number};
    ConnBuffer* buffer = acquire(member, member.slot->place);
    ask(member.origin, body);
    read_head(member.origin, *buffer);
    ConnBuffer* travelling = nullptr;
    if (wants_handoff(member, body) && !free_fetchers(member).empty()) travelling = give(member, buffer);
    if (travelling != nullptr) {
      if (counting_) ++counts_.handoffs;
      housekeep_locked(member);  // it offers the fetch
      if (fetch(member.origin, member, config_.pipeline.handoff.hops, travelling)) {
        buffer = nullptr;
      } else if (buffer = take(member, travelling); buffer == nullptr) {
        throw std::runtime_error("the strategy gave no room for the read-ahead");
      }
    }
    if (buffer != nullptr) {
      read_body(member.origin, *buffer);
      release(member, buffer);
    }
    client.hangup_credit += config_.hangup.fraction;
    const bool gone = client.hangup_credit >= 1;
    if (gone) client.hangup_credit -= 1;
    return gone;
  }

  // As FetchWorker. False: nobody could take what travels, which is on its way back (after a hop it may be
  // another object).
  bool fetch(load::MemoryBackend& origin, const Member& giver, std::uint32_t hops, ConnBuffer*& travelling) {
    std::vector<Member*>& free = free_fetchers(giver);
    Member& fetcher = *free.back();
    free.pop_back();
    bool taken = false;
    fetcher.thread.run([&] {
      housekeep(fetcher);
      ConnBuffer* buffer = take(fetcher, travelling);
      taken = buffer != nullptr;
      ConnBuffer* again = nullptr;
      if (taken && hops > 1 && !free.empty()) again = give(fetcher, buffer);
      if (again != nullptr) {
        housekeep_locked(fetcher);
        travelling = again;
        taken = fetch(origin, fetcher, hops - 1, travelling);
      } else if (taken) {
        read_body(origin, *buffer);
        release(fetcher, buffer);
      }
      keep_house(fetcher);  // with a tie: not before the next one has let go
    });
    free.push_back(&fetcher);
    return taken;
  }
  std::vector<Member*>& free_fetchers(const Member& member) {
    const auto index = static_cast<std::size_t>(
        std::ranges::find(members_, &member, [](const Member& one) { return &one; }) - members_.begin());
    return free_fetchers_[index % config_.pipeline.pools];
  }

  bool wants_handoff(Member& member, load::BodyId body) {
    if (body.bytes == 0 || (!config_.body.chunked && body.bytes < config_.pipeline.handoff.min_bytes)) {
      return false;
    }
    member.handoff_credit += config_.pipeline.handoff.ratio;
    if (member.handoff_credit < 1) return false;
    member.handoff_credit -= 1;
    return true;
  }

  void ask(load::MemoryBackend& origin, load::BodyId body) const {
    std::string text =
        fmt::format("GET /bytes/{}?seed={} HTTP/1.1\r\nHost: o\r\n\r\n", body.bytes, body.seed);
    iovec piece{.iov_base = text.data(), .iov_len = text.size()};
    if (!origin.write({&piece, 1}).ok()) throw std::runtime_error("the origin in memory did not answer");
  }
  static void read_head(load::MemoryBackend& origin, ConnBuffer& buffer) {
    std::size_t head = std::string_view::npos;
    while ((head = buffer.unread().find("\r\n\r\n")) == std::string_view::npos) read(origin, buffer);
    buffer.consume(head + 4);
  }
  static void read_body(load::MemoryBackend& origin, ConnBuffer& buffer) {
    if constexpr (kLines) touch(buffer.unread().data(), buffer.unread_bytes(), Access::read);
    buffer.clear();
    while (!origin.quiet()) {
      read(origin, buffer);
      buffer.clear();
    }
  }
  static void read(load::MemoryBackend& origin, ConnBuffer& buffer) {
    const net::IoResult got = origin.read(buffer.free_space(), buffer.free_bytes());
    if (!got.ok()) throw std::runtime_error("the origin in memory broke off");
    buffer.filled(got.bytes);
    touch_filled(buffer, got.bytes);
  }

  const TrialConfig config_;
  const load::MemoryScript script_;
  Witness witness_;
  S strategy_;
  std::deque<Member> members_;  // client workers, then fetch workers
  std::deque<Client> clients_;
  std::vector<std::vector<Member*>> free_fetchers_;  // by pool; the last one is taken first, as in a pool
  std::uint64_t next_client_ = 0;
  std::uint64_t made_ = 0;
  bool counting_ = false;
  InstructionsSoFar so_far_ = nullptr;
  CallCounts counts_;
};

template <Strategy S, bool kLines>
CallCounts run_script(const TrialConfig& config, const ScriptLength& length) {
  const EveryThreadHasACpu wherever_they_run;
  return CallScript<S, kLines>(config).run(length);
}

}  // namespace baton::trial

#define BATON_INSTANTIATE_SCRIPT(strategy, Class)                                     \
  namespace baton::trial {                                                            \
  ScriptInstance script_of_##strategy() {                                             \
    return {.name = ::baton::Class<::baton::NativePlatform>::kPromises.name,          \
            .native = run_script<::baton::Class<::baton::NativePlatform>, false>,     \
            .counting = run_script<::baton::Class<::baton::CountingPlatform>, true>}; \
  }                                                                                   \
  }
