#pragma once

#include <cstdint>
#include <cstring>

#include "strategies/contract.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/place.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// Workspace-bound without the tie: a handoff copies the unread bytes, and only those, into a block that
// travels.
//
// Two threads: a client worker reads a response head into its own workspace. To give the buffer away it
// copies the read-ahead into a block of just that size, and its workspace is free at once. The fetch worker
// copies the block's bytes into its own workspace, frees the block and reads on there. Neither ever touches
// the other's workspace, so nobody waits; the price is two copies of the read-ahead and an allocation on one
// thread that is freed on another.
//
// Without read-ahead the block is a header with no storage behind it. Read-ahead that does not fit into the
// receiver's workspace (the size was lowered meanwhile) is refused by take, and so is any block where a limit
// on buffers left the receiver without a workspace; the block then goes back to its giver.
template <class P = NativePlatform>
class WorkspaceCopy : public StrategyCore<P> {
  using Buffer = StoredBuffer<P>;
  using Workspace = Place<P, Holder::supplies>;
  enum Home : std::uint32_t { kSession, kWorker, kBlock };

 public:
  static constexpr Promises kPromises{
      .name = "workspace_copy",
      .summary = "a handoff copies the unread bytes into a block that travels",
      .source = "Varnish pipelining (HTC_Reinit): read-ahead copied to the front of the next workspace",
      .progress = Progress::wait_free,
      .client_bytes = Residence::session,
      .backend_bytes = Residence::worker,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * (open sessions + workers) + read-ahead in transfer",
      .handoff_may_fail = true,
      .costs = {.requests = 1,
                .with_handoff = {.allocations = 1, .frees = 1, .bytes_copied = 2 * kStatedReadAhead}},
  };
  using Session = Place<P, Holder::sessions>;
  using Slot = EmptySlot;

  class Worker {
   public:
    Worker(WorkspaceCopy& strategy, std::uint32_t index) noexcept
        : strategy_(strategy),
          tally_(strategy.books_.of(index)),
          workspace_(strategy.size_, strategy.books_, strategy.store_, kWorker) {}
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    [[nodiscard]] ConnBuffer* acquire(Session& session) noexcept {
      return session.take_out(strategy_.size_.load(), tally_);
    }
    [[nodiscard]] ConnBuffer* acquire(Slot& /*slot*/) noexcept { return take_workspace(); }

    // nullptr: no memory for the block; the caller still owns the buffer.
    [[nodiscard]] ConnBuffer* give(ConnBuffer* buffer) noexcept {
      const auto bytes = static_cast<std::uint32_t>(buffer->unread_bytes());
      Buffer* const block = strategy_.store_.make({bytes, buffer->generation}, tally_);
      if (block == nullptr) {
        return nullptr;
      }
      block->home = kBlock;
      copy(*buffer, *block);
      tally_.enter(Holder::in_transfer, bytes);
      release(buffer);
      return block;
    }
    // nullptr: the bytes do not fit into this worker's workspace, or there is no memory for one. The block
    // still travels.
    [[nodiscard]] ConnBuffer* take(ConnBuffer* travelled) noexcept {
      auto* const block = static_cast<Buffer*>(travelled);
      Buffer* received = take_workspace();
      if (received != nullptr && block->unread_bytes() > received->free_bytes()) {
        release(received);
        received = nullptr;
      }
      if (received != nullptr) {
        copy(*block, *received);
        drop(block);
      }
      return received;
    }
    void drop(ConnBuffer* travelled) noexcept {
      auto* const block = static_cast<Buffer*>(travelled);
      tally_.leave(Holder::in_transfer, block->held_bytes);
      strategy_.store_.destroy(block, tally_);
    }
    void release(ConnBuffer* buffer) noexcept {
      auto* const stored = static_cast<Buffer*>(buffer);
      stored->clear();
      if (stored->home == kSession) {
        Session::put_back(stored, tally_);
      } else {
        workspace_taken_ = false;  // it is this worker's own: other workers' never get here
        Workspace::put_back(stored, tally_);
        workspace_.refresh(strategy_.size_.load(), tally_);
      }
    }
    void idle(Session& session, ConnBuffer* buffer) noexcept {
      Session::put_back(static_cast<Buffer*>(buffer), tally_);
      session.refresh(strategy_.size_.load(), tally_);
    }
    [[nodiscard]] bool housekeep() noexcept {
      if (!workspace_taken_) {
        workspace_.refresh(strategy_.size_.load(), tally_);
      }
      return false;
    }

   private:
    // nullptr: no memory, or it is in use.
    Buffer* take_workspace() noexcept {
      Buffer* const buffer = workspace_taken_ ? nullptr : workspace_.take_out(strategy_.size_.load(), tally_);
      workspace_taken_ = workspace_taken_ || buffer != nullptr;
      return buffer;
    }
    static void copy(const ConnBuffer& from, ConnBuffer& to) noexcept {
      if (from.has_unread()) {
        static_cast<void>(to.append(from.unread()));  // fits: the callers have seen to that
        P::copied(to.free_space() - from.unread_bytes(), from.unread().data(), from.unread_bytes());
      }
    }

    WorkspaceCopy& strategy_;
    WorkerTally<P>& tally_;
    Workspace workspace_;
    bool workspace_taken_ = false;
  };

  explicit WorkspaceCopy(const Parameters& parameters) : StrategyCore<P>(parameters) {}

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return {this->size_, this->books_, this->store_, kSession}; }
  [[nodiscard]] Slot open_slot() { return {}; }
};
static_assert(Strategy<WorkspaceCopy<>>);

}  // namespace baton
