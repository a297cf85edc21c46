#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "strategies/contract.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/place.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// Workspace-bound: a client connection's bytes lie in a workspace of its session, a backend connection's in
// the workspace of the worker. This is the tie that the proposal wanted to get rid of.
//
// Two threads: a client worker reads a response head into its own workspace and gives the buffer away; the
// read-ahead stays where it is, and the fetch worker reads on in the giver's memory. The giver may finish its
// request, but at its next housekeeping it needs its workspace back, and waits until the fetch worker, or
// whoever it handed on to, has let go. The edge that ends the wait:
//   (1) release on any thread: `lent` becomes 0 with release, after the last access to the workspace
//   (2) housekeep on the owner: reads that 0 with acquire, before the workspace is used again or freed
template <class P = NativePlatform>
class WorkspaceWait : public StrategyCore<P> {
  using Buffer = StoredBuffer<P>;
  using Workspace = Place<P, Holder::supplies>;
  static constexpr std::uint32_t kSessionHome = ~std::uint32_t{0};

  // Whether a worker's workspace is in use, by itself or by another. In the strategy and not in the Worker,
  // because the last one to let go wakes the owner after the owner may have seen it and left.
  struct alignas(kCacheLineBytes) Lending {
    typename P::template Atomic<std::uint32_t> lent{0};
  };
  static_assert(sizeof(Lending) == kCacheLineBytes, "receivers of different givers write these");

 public:
  static constexpr Promises kPromises{
      .name = "workspace_wait",
      .summary = "bytes stay in the giver's workspace; its housekeeping waits until the receiver lets go",
      .source = "Varnish 3 (2011): http_conn in the session's and the worker's workspace",
      .progress = Progress::wait_free,
      .client_bytes = Residence::session,
      .backend_bytes = Residence::worker,
      .receiver_depends_on_giver = true,
      .memory_bound = "buffer_bytes * (open sessions + workers)",
      .costs = {.requests = 1},
  };
  using Session = Place<P, Holder::sessions>;
  using Slot = EmptySlot;

  class Worker {
   public:
    Worker(WorkspaceWait& strategy, std::uint32_t index) noexcept
        : strategy_(strategy),
          tally_(strategy.books_.of(index)),
          index_(index),
          workspace_(strategy.size_, strategy.books_, strategy.store_, index) {}
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() { static_cast<void>(wait_until_let_go()); }

    [[nodiscard]] ConnBuffer* acquire(Session& session) noexcept {
      return session.take_out(strategy_.size_.load(), tally_);
    }
    [[nodiscard]] ConnBuffer* acquire(Slot& /*slot*/) noexcept {
      Buffer* const buffer = workspace_.take_out(strategy_.size_.load(), tally_);
      if (buffer != nullptr) {
        // relaxed: only this thread reads it before the buffer has travelled, and the channel orders that
        lent(index_).store(1, std::memory_order_relaxed);
      }
      return buffer;
    }

    // Nothing moves: the receiver uses the giver's memory. The channel between the threads publishes it.
    [[nodiscard]] ConnBuffer* give(ConnBuffer* buffer) noexcept {
      tally_.enter(Holder::in_transfer, static_cast<Buffer*>(buffer)->held_bytes);
      return buffer;
    }
    [[nodiscard]] ConnBuffer* take(ConnBuffer* buffer) noexcept {
      tally_.leave(Holder::in_transfer, static_cast<Buffer*>(buffer)->held_bytes);
      return buffer;
    }
    void release(ConnBuffer* buffer) noexcept {
      auto* const stored = static_cast<Buffer*>(buffer);
      stored->clear();
      const std::uint32_t home = stored->home;
      if (home == kSessionHome) {
        Session::put_back(stored, tally_);
        return;
      }
      Workspace::put_back(stored, tally_);
      // (1) release: pairs with (2); whatever was done in the workspace comes before its owner uses it again
      lent(home).store(0, std::memory_order_release);
      if (home != index_) {
        lent(home).notify_all();  // only its owner can be waiting, so not if that is this worker
      }
    }
    void idle(Session& session, ConnBuffer* buffer) noexcept {
      Session::put_back(static_cast<Buffer*>(buffer), tally_);
      session.refresh(strategy_.size_.load(), tally_);
    }
    // True if it had to wait for a receiver.
    [[nodiscard]] bool housekeep() noexcept {
      const bool waited = wait_until_let_go();
      workspace_.refresh(strategy_.size_.load(), tally_);
      return waited;
    }

   private:
    auto& lent(std::uint32_t worker) noexcept { return strategy_.lendings_[worker].lent; }
    bool wait_until_let_go() noexcept {
      // (2) acquire: pairs with (1)
      if (lent(index_).load(std::memory_order_acquire) == 0) [[likely]] {
        return false;
      }
      lent(index_).wait(1, std::memory_order_acquire);  // (2) as well
      return true;
    }

    WorkspaceWait& strategy_;
    WorkerTally<P>& tally_;
    std::uint32_t index_;
    Workspace workspace_;
  };

  explicit WorkspaceWait(const Parameters& parameters)
      : StrategyCore<P>(parameters), lendings_(std::make_unique<Lending[]>(parameters.workers)) {
    P::named(lendings_.get(), parameters.workers * sizeof(Lending), "lent flags");
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return {this->size_, this->books_, this->store_, kSessionHome}; }
  [[nodiscard]] Slot open_slot() { return {}; }

 private:
  std::unique_ptr<Lending[]> lendings_;
};
static_assert(Strategy<WorkspaceWait<>>);

}  // namespace baton
