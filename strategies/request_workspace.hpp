#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "strategies/contract.hpp"
#include "strategies/support/guarded_pool.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// What Varnish did instead of the proposal: not the conn buffer is pooled but the whole workspace it lies in,
// one for each request and one for each fetch, each from a pool of its own behind a mutex.
//
// Two threads: a client worker gets a request's workspace and a fetch's, reads the response head into the
// latter and gives it away; the fetch worker puts it back when the fetch ends. Nobody waits for a reader.
// Each side takes its pool's lock twice, and what lies parked are whole workspaces.
//
// A guard thread visits both pools: it grows them to a minimum, trims what is above a maximum or has not been
// used for long, one workspace per visit, and sleeps longer when there is nothing to do. So a burst decays
// slowly. Growing ahead of need stops where max_buffers is set, since one pool could starve the other.
template <class P = NativePlatform>
class RequestWorkspace : public StrategyCore<P, PooledWorkspace<P>> {
  using Core = StrategyCore<P, PooledWorkspace<P>>;
  using Workspace = PooledWorkspace<P>;
  enum Pool : std::uint32_t { kRequests, kFetches, kPools };

 public:
  static constexpr Promises kPromises{
      .name = "request_workspace",
      .summary =
          "a whole workspace per request and per fetch, from two locked pools that a guard thread trims",
      .source =
          "Varnish since 2012: struct req and struct busyobj from mempools (MPL), with their guard thread",
      .progress = Progress::blocking,
      .client_bytes = Residence::request,
      .backend_bytes = Residence::request,
      .receiver_depends_on_giver = false,
      .memory_bound = "max(workspace_bytes, buffer_bytes) * (most in use at once + 2 * 10)",
      .needs_guard = true,
      .costs = {.requests = 1, .without_handoff = {.locks = 4}, .with_handoff = {.locks = 4}},
  };

  class Worker : public PooledWorker<Worker, P, Core, Workspace> {
    using Base = PooledWorker<Worker, P, Core, Workspace>;

   public:
    Worker(RequestWorkspace& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)), strategy_(strategy) {}

    using Base::acquire;  // for a session: what it kept, or acquire_unused
    [[nodiscard]] ConnBuffer* acquire(EmptySlot& /*slot*/) noexcept { return get(kFetches); }
    [[nodiscard]] ConnBuffer* acquire_unused() noexcept { return get(kRequests); }
    void release(ConnBuffer* buffer) noexcept {
      Workspace* const workspace = this->header_of(buffer);
      if (workspace->generation != strategy_.size_.load().generation) {
        strategy_.store_.destroy(workspace, this->tally());
        return;
      }
      workspace->clear();
      strategy_.pools_[workspace->home].put(workspace, this->tally());
    }
    [[nodiscard]] bool housekeep() noexcept {
      return false;
    }  // parked ones of an earlier size are the guard's

   private:
    Workspace* get(Pool pool) noexcept {
      Workspace* const workspace = strategy_.pools_[pool].get(this->tally());
      const SizeStamp size = strategy_.size_.load();
      if (workspace != nullptr) {
        if (workspace->generation == size.generation) {
          return workspace;
        }
        strategy_.store_.destroy(workspace, this->tally());
      }
      return strategy_.make(pool, size, this->tally());
    }

    RequestWorkspace& strategy_;
  };
  using Session = KeepingSession<Core>;
  using Slot = EmptySlot;

  explicit RequestWorkspace(const Parameters& parameters)
      : Core(parameters), workspace_bytes_(parameters.workspace_bytes) {}
  ~RequestWorkspace() {
    for (auto& pool : pools_) {
      while (Workspace* const workspace = pool.take_last()) {
        this->drop(workspace, Holder::shared);
      }
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }

  // Its time is the sum of the pauses it asked for.
  [[nodiscard]] std::uint32_t guard_step() noexcept {
    std::uint32_t pause_ms = kGuardIdlePauseMs;
    for (const Pool pool : {kRequests, kFetches}) {
      pause_ms = std::min(pause_ms, guard(pool));
    }
    guard_ms_ += pause_ms;
    return pause_ms;
  }

 private:
  template <class Tally>
  Workspace* make(Pool pool, SizeStamp size, Tally& tally) noexcept {
    Workspace* const workspace = this->store_.make(size, std::max(workspace_bytes_, size.bytes), tally);
    if (workspace != nullptr) {
      workspace->home = pool;
    }
    return workspace;
  }
  std::uint32_t guard(Pool pool) noexcept {
    const SizeStamp size = this->size_.load();
    const auto step = pools_[pool].next_step(size.generation, guard_ms_);
    if (step.doomed != nullptr) {
      this->drop(step.doomed, Holder::shared);
      return kGuardTrimPauseMs;
    }
    if (!step.grow || this->store_.limited()) {
      return kGuardIdlePauseMs;
    }
    auto& tally = this->books_.outside();
    Workspace* const workspace = make(pool, size, tally);
    if (workspace == nullptr) {
      return kGuardIdlePauseMs;
    }
    tally.enter(Holder::shared, workspace->held_bytes);
    pools_[pool].add(workspace);
    return kGuardGrowPauseMs;
  }

  std::uint32_t workspace_bytes_;
  std::uint32_t guard_ms_ = 0;
  std::array<GuardedPool<P>, kPools> pools_;
};
static_assert(Strategy<RequestWorkspace<>>);

}  // namespace baton
