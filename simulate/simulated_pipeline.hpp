// The pipeline's behaviour of a request, as its workers have it (harness/pipeline/), on simulated cores: two
// acquires, a handoff at the workload's ratio, housekeeping at the boundaries, work in between, hang-ups. The
// same steps as harness/trial/call_script.hpp makes one after the other to count them. Memory orders are
// those of the real one, and cost nothing here.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "simulate/scenario.hpp"
#include "simulate/sessions.hpp"
#include "simulate/thread_pool.hpp"
#include "strategies/checked.hpp"
#include "strategies/contract.hpp"

namespace baton::simulate {

template <Strategy S>
class SimulatedPipeline {
 public:
  SimulatedPipeline(const Scenario& scenario, World& world, const Workers& workers)
      : scenario_(scenario),
        world_(world),
        workers_(workers),
        spins_(scenario.config.pipeline.waiting == net::Waiting::spin),
        begin_(static_cast<Picoseconds>(scenario.ms * 0.2e9)),
        end_(begin_ + static_cast<Picoseconds>(scenario.ms * 1e9)),
        work_(static_cast<Picoseconds>(scenario.work_us * 1e6)),
        strategy_(parameters()),
        slots_(strategy_, std::min<std::uint64_t>(scenario.config.pipeline.transit_bytes,
                                                  std::ranges::max(scenario.config.body.bytes))) {
    if constexpr (S::kPromises.needs_guard) {
      constexpr int kUntilNothingIsMissing = 1000;
      for (int step = 0; step < kUntilNothingIsMissing; ++step) static_cast<void>(strategy_.guard_step());
    }
    for (std::uint32_t pool = 0; pool < workers.pools; ++pool) {
      std::uint32_t fetchers = 0;
      for (std::uint32_t i = workers.clients; i < workers.clients + workers.fetchers; ++i)
        if (i % workers.pools == pool) ++fetchers;
      pools_.emplace_back(spins_, fetchers);
    }
    for (std::uint32_t i = 0; i < workers.sessions; ++i)
      pools_[i % workers.pools].submit(sessions_.emplace_back(std::make_unique<Session>(strategy_)).get());
  }

  // The worker of that index, on the thread of that number.
  void worker(ThreadId index) { index < workers_.clients ? serve_clients(index) : serve_fetches(index); }

  // Behind the last worker. What is told of lines begins with the measured time.
  void finish(Outcome& outcome) {
    outcome.seconds = static_cast<double>(end_ - begin_) * 1e-12;
    outcome.requests = requests_;
    outcome.handoffs = handoffs_;
    outcome.failed = failed_;
    outcome.tally = tally_;
    outcome.hung_up = hung_up_;
    sessions_.clear();
    slots_.clear();
    const Footprint footprint = strategy_.footprint();
    outcome.conserved = footprint.conserved(0);
  }
  [[nodiscard]] const HostVector<std::uint32_t>& latencies() const noexcept { return latencies_; }

 private:
  // What the contract's factories return can be made in place only.
  struct Attached {
    Attached(S& strategy, ThreadId index) : own(strategy.attach(index)) {}
    typename S::Worker own;
  };
  using Session = SimSession<S>;
  using Fetch = SimFetch<S>;
  using Pool = SimThreadPool<Session, Fetch>;
  using Own = typename S::Worker;
  struct Client {
    Own* own;
    Pool& pool;
    std::uint64_t next_body;
    Fetch* slot = nullptr;
    double handoff_credit = 0, hangup_credit = 0;
  };

  [[nodiscard]] Parameters parameters() const {
    Parameters parameters = scenario_.config.pipeline.buffers;
    parameters.workers = workers_.clients + workers_.fetchers;
    parameters.pools = workers_.pools;
    return parameters;
  }
  [[nodiscard]] Pool& pool_of(ThreadId index) noexcept { return pools_[index % workers_.pools]; }
  static auto under_lock(Own& own) noexcept {
    return [&own] {
      if constexpr (S::kPromises.housekeeps_under_pool_lock) {
        own.housekeep_locked();
      } else {
        static_cast<void>(own);
      }
    };
  }
  // Of a request's work: until the backend's buffer is wanted, until its answer's head is there, the body's,
  // and sending it. Client and fetch workers have about half each of a request that is handed off, as
  // measured on two threads (cpu.by_role).
  static constexpr double kAsking = 0.2, kAnswering = 0.15, kFetching = 0.45, kSending = 0.2;
  // A part of a request's work: half to one and a half times as much.
  void work(double part) {
    const auto mean = static_cast<Picoseconds>(static_cast<double>(work_) * part);
    world_.work(mean / 2 + world_.draw(mean + 1));
  }
  template <class Place>
  ConnBuffer* acquire(Own& own, Place& place) {
    world_.acquiring(true);
    ConnBuffer* const buffer = own.acquire(place);
    world_.acquiring(false);
    return buffer;
  }
  static void touch_header(const ConnBuffer* buffer, Use how) { use(buffer, how); }
  // Bytes come from a socket.
  void fill(ConnBuffer* buffer, std::size_t bytes) {
    bytes = std::min(bytes, buffer->free_bytes());
    world_.stream(buffer->free_space(), bytes, Use::write);
    buffer->filled(bytes);
    touch_header(buffer, Use::write);
  }
  // Bytes go to a socket, and those that are still to come, through the buffer.
  void pass_on(ConnBuffer* buffer, std::uint64_t to_come) {
    world_.stream(buffer->storage + buffer->begin, buffer->unread_bytes(), Use::read);
    buffer->clear();
    while (to_come != 0) {
      const std::size_t piece = std::min<std::uint64_t>(to_come, buffer->free_bytes());
      fill(buffer, piece);
      buffer->clear();
      to_come -= piece;
    }
    touch_header(buffer, Use::write);
  }

  // The body goes from the fetch worker to the client worker, which waits until all of it is there.
  void pass_transit(const Fetch& fetch, Use how) {
    for (std::uint64_t left = fetch.body; left != 0;) {
      const std::size_t piece = std::min<std::uint64_t>(left, slots_.transit_bytes());
      world_.stream(fetch.transit.get(), piece, how);
      left -= piece;
    }
  }

  void serve_clients(ThreadId index) {
    {
      std::unique_ptr<Attached> made;
      std::unique_ptr<Post<Session>> post;
      Client client{.own = nullptr, .pool = pool_of(index), .next_body = index};
      world_.at_no_cost([&] {
        made = std::make_unique<Attached>(strategy_, index);
        post = std::make_unique<Post<Session>>();
        client.slot = slots_.get();
      });
      client.own = &made->own;
      while (Session* session = client.pool.next_session(*post, under_lock(made->own))) {
        if (serve(client, *session)) {  // the client comes again, on a connection of its own
          const auto old = std::ranges::find(sessions_, session, &std::unique_ptr<Session>::get);
          const Picoseconds since = session->since;
          *old = std::make_unique<Session>(strategy_);
          session = old->get();
          session->since = since;
        }
        if (world_.now() >= end_) break;
        client.pool.submit(session);
      }
      if (!over_) {
        over_ = true;
        tally_ = world_.tally();
        for (Pool& pool : pools_) pool.stop_sessions();
      }
      slots_.put(client.slot);
    }
    if (++clients_ended_ == workers_.clients)
      for (Pool& pool : pools_) pool.stop_fetches();
  }
  // One request, or more as long as nobody else waits. True: its client has hung up.
  bool serve(Client& client, Session& session) {
    Own& own = *client.own;
    const auto& sizes = scenario_.config.body.bytes;
    const std::uint32_t head = scenario_.config.load.request_head_bytes;
    use(&session, Use::write);
    static_cast<void>(own.housekeep());
    for (bool first = true; first || (world_.now() < end_ && may_linger(client.pool)); first = false) {
      if (!warm_ && world_.now() >= begin_) {
        warm_ = true;
        world_.forget_tally();
      }
      ConnBuffer* buffer = acquire(own, session.place);
      if (buffer == nullptr) {
        ++failed_;
        work(1);
        session.since = world_.now();
        continue;
      }
      touch_header(buffer, Use::write);
      std::uint32_t left = scenario_.config.load.pipelining;
      const auto fits = std::max<std::size_t>(buffer->free_bytes() / head, 1);
      left = static_cast<std::uint32_t>(std::min<std::size_t>(left, fits));
      fill(buffer, std::size_t{head} * left);
      for (bool gone = false; left != 0 && !gone; --left) {
        gone = request(client, sizes[client.next_body++ % sizes.size()]);
        buffer->consume(std::min<std::size_t>(head, buffer->unread_bytes()));
        if (left == 1 || gone) {
          touch_header(buffer, Use::write);
          own.release(buffer);
        }
        const Picoseconds over = world_.now();
        if (over >= begin_ && over < end_) {
          ++requests_;
          latencies_.push_back(static_cast<std::uint32_t>((over - session.since) / kNs));
        }
        session.since = over;
        static_cast<void>(own.housekeep());
        if (gone) return true;
      }
    }
    return false;
  }
  [[nodiscard]] bool may_linger(const Pool& pool) const noexcept {
    const auto sessions = static_cast<std::uint32_t>(sessions_.size());
    return scenario_.config.pipeline.linger.count() != 0 &&
           !pool.crowded(sessions / workers_.pools, workers_.clients / workers_.pools);
  }

  // True: the client has hung up.
  bool request(Client& client, std::uint64_t body) {
    Own& own = *client.own;
    Fetch*& slot = client.slot;
    const trial::TrialConfig& config = scenario_.config;
    work(kAsking);
    ConnBuffer* buffer = acquire(own, slot->place);
    if (buffer == nullptr) {
      ++failed_;
      work(kAnswering);
      return false;
    }
    touch_header(buffer, Use::write);
    constexpr std::uint64_t kAnswerHead = 128;
    const std::uint64_t ahead =
        config.body.read_ahead_bytes == 0 ? body : std::min(body, config.body.read_ahead_bytes);
    const std::uint64_t with_head = std::min<std::uint64_t>(kAnswerHead + ahead, buffer->free_bytes());
    fill(buffer, with_head);
    const std::uint64_t to_come = body - std::min(body, with_head - std::min(with_head, kAnswerHead));
    work(kAnswering);
    client.hangup_credit += config.hangup.fraction;
    const bool hangs_up = client.hangup_credit >= 1;
    if (hangs_up) client.hangup_credit -= 1;
    Pool& pool = client.pool;
    if (wants_handoff(body, client.handoff_credit) && pool.has_free_fetcher()) {
      touch_header(buffer, Use::read);
      if (ConnBuffer* const travelling = own.give(buffer)) {
        slot->travelling = travelling;
        slot->hops = config.pipeline.handoff.hops;
        slot->left.store(0, std::memory_order_relaxed);
        slot->to_come = to_come;
        slot->body = body;
        if (pool.offer(slot, under_lock(own))) {
          if (world_.now() >= begin_ && world_.now() < end_) ++handoffs_;
          if (hangs_up) {
            ++hung_up_;
            // Whoever leaves last puts the slot away.
            if (slot->left.exchange(1, std::memory_order_acq_rel) != 0) {
              slot->done.wait(spins_);  // it has been raised
              drop_what_nobody_took(own, *slot);
              slots_.put(slot);
            }
            slot = slots_.get();
            return true;
          }
          slot->done.wait(spins_);
          pass_transit(*slot, Use::read);
          work(kSending);
          drop_what_nobody_took(own, *slot);
          return false;
        }
        slot->travelling = nullptr;
        buffer = own.take(travelling);
        if (buffer == nullptr) {
          ++failed_;
          drop_travelling(own, travelling);
          return hangs_up;
        }
      }
    }
    if (!hangs_up) {
      work(kFetching + kSending);
      pass_on(buffer, to_come);
    }
    touch_header(buffer, Use::write);
    own.release(buffer);
    if (hangs_up) ++hung_up_;
    return hangs_up;
  }

  void serve_fetches(ThreadId index) {
    std::unique_ptr<Attached> made;
    std::unique_ptr<Post<Fetch>> post;
    world_.at_no_cost([&] {
      made = std::make_unique<Attached>(strategy_, index);
      post = std::make_unique<Post<Fetch>>();
    });
    Own& own = made->own;
    Pool& pool = pool_of(index);
    static_cast<void>(own.housekeep());
    while (Fetch* const fetch = pool.next_fetch(*post, under_lock(own))) {
      static_cast<void>(own.housekeep());
      serve_fetch(own, pool, *fetch);
      static_cast<void>(own.housekeep());
    }
  }
  void serve_fetch(Own& own, Pool& pool, Fetch& fetch) {
    ConnBuffer* const travelling = fetch.travelling;
    touch_header(travelling, Use::read);
    if (ConnBuffer* buffer = own.take(travelling)) {
      fetch.travelling = nullptr;
      const std::uint32_t hops = fetch.hops;
      if (hops > 1 && pool.has_free_fetcher()) {
        if (ConnBuffer* const again = own.give(buffer)) {
          fetch.hops = hops - 1;
          fetch.travelling = again;
          if (pool.offer(&fetch, under_lock(own))) {
            pool.fetcher_free();
            return;
          }
          buffer = own.take(again);
          fetch.travelling = buffer == nullptr ? again : nullptr;
        }
      }
      if (buffer != nullptr) {
        work(kFetching);
        pass_on(buffer, fetch.to_come);
        pass_transit(fetch, Use::write);
        touch_header(buffer, Use::write);
        own.release(buffer);
      }
    }
    pool.fetcher_free();
    if (fetch.left.exchange(1, std::memory_order_acq_rel) != 0) {
      drop_what_nobody_took(own, fetch);
      slots_.put(&fetch);
    } else {
      fetch.done.raise();
    }
  }

  void drop_what_nobody_took(Own& own, Fetch& fetch) {
    ConnBuffer* const back = fetch.travelling;
    if (back == nullptr) return;
    fetch.travelling = nullptr;
    drop_travelling(own, back);
    ++failed_;
  }
  [[nodiscard]] bool wants_handoff(std::uint64_t body, double& credit) const noexcept {
    const auto& handoff = scenario_.config.pipeline.handoff;
    if (body == 0 || body < handoff.min_bytes) return false;
    credit += handoff.ratio;
    if (credit < 1) return false;
    credit -= 1;
    return true;
  }

  const Scenario& scenario_;
  World& world_;
  const Workers workers_;
  const bool spins_;
  const Picoseconds begin_, end_, work_;
  S strategy_;
  std::deque<Pool> pools_;
  SimFetchSlots<S> slots_;                          // die before the strategy
  std::vector<std::unique_ptr<Session>> sessions_;  // likewise
  HostVector<std::uint32_t> latencies_;
  std::uint64_t requests_ = 0, handoffs_ = 0, failed_ = 0, hung_up_ = 0;
  std::uint32_t clients_ended_ = 0;
  bool warm_ = false, over_ = false;
  Tally tally_;  // when the measured time was over
};

template <Strategy S>
Outcome simulate(const Scenario& scenario, const Machine& machine, const Unknowns& unknowns,
                 std::uint32_t cores) {
  World world(machine, unknowns, cores, holes_of(scenario), scenario.threads_per_core);
  Outcome outcome;
  const Workers workers = workers_on(scenario, cores);
  HostVector<std::uint32_t> latencies;
  {
    const World::Inside inside(world);
    const auto pipeline = std::make_unique<SimulatedPipeline<S>>(scenario, world, workers);
    world.run(world.threads(), [&pipeline](ThreadId thread) { pipeline->worker(thread); });
    pipeline->finish(outcome);
    latencies = pipeline->latencies();
  }
  outcome.latencies_ns.assign(latencies.begin(), latencies.end());
  std::ranges::sort(outcome.latencies_ns);
  outcome.names.assign(world.names().begin(), world.names().end());
  for (const LineCost& line : outcome.tally.lines) {
    outcome.stalled += line.stalled;
    outcome.transfers += line.transfers;
  }
  for (const LockCost& lock : outcome.tally.locks) outcome.stalled += lock.asleep;
  return outcome;
}

}  // namespace baton::simulate

#define BATON_INSTANTIATE_SIMULATED(strategy, Class)                                                \
  namespace baton::simulate {                                                                       \
  Row row_of_##strategy() {                                                                         \
    return {.name = ::baton::Class<::baton::NativePlatform>::kPromises.name,                        \
            .run = simulate<::baton::Class<::baton::simulate::SimPlatform>>,                        \
            .checked = simulate<::baton::Checked<::baton::Class<::baton::simulate::SimPlatform>>>}; \
  }                                                                                                 \
  }
