#pragma once

#include <cstdint>

#include "strategies/contract.hpp"
#include "strategies/support/batch_list.hpp"
#include "strategies/support/core.hpp"
#include "strategies/support/cpu_caches.hpp"
#include "strategies/support/pooled.hpp"

namespace baton {

// Per CPU: a stack of two batches for each CPU, whoever runs there, and one list behind a mutex for the rest.
//
// A worker takes from and puts onto the stack of the CPU it is on, by a restartable sequence: a few
// instructions without any atomic one, which the kernel starts anew when their thread is moved or preempted
// in the middle. An empty stack gets a batch from the list, a full one gives a batch.
//
// Two threads: on one CPU the fetch worker's releases are the client worker's next acquires; on two, a batch
// crosses the list for a batch of handoffs, a lock on either side. Memory grows with the CPUs and not with
// the workers, and what lies on a CPU where nobody runs any more is out of reach until the size changes or
// buffers run out: then all stacks are closed, the kernel restarts whoever is in a sequence, and they are
// emptied.
//
// Where there are no restartable sequences (cpu_caches.hpp) each stack has a lock that is only tried.
template <class P = NativePlatform>
class PerCpu : public StrategyCore<P> {
  using Buffer = StoredBuffer<P>;
  using Core = StrategyCore<P>;

 public:
  static constexpr Promises kPromises{
      .name = "per_cpu",
      .summary = "a stack of two batches with every CPU, by restartable sequences, over a locked list",
      .source = "tcmalloc's per-CPU mode (rseq)",
      .progress = Progress::blocking,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * (in use + sessions with unread bytes + CPUs * 2 * batch + list_bound)",
      .costs = {.requests = 1},  // while both workers are on one CPU
  };
  class Worker : public PooledWorker<Worker, P, Core, Buffer> {
    using Base = PooledWorker<Worker, P, Core, Buffer>;

   public:
    Worker(PerCpu& strategy, std::uint32_t index) noexcept
        : Base(strategy.books_.of(index)),
          strategy_(strategy),
          seen_generation_(strategy.size_.load().generation) {}

    [[nodiscard]] ConnBuffer* acquire_unused() noexcept {
      Buffer* const buffer = strategy_.caches_.pop();
      return buffer != nullptr && buffer->generation == seen_generation_ ? buffer : refill(buffer);
    }
    void release(ConnBuffer* buffer) noexcept {
      Buffer* const released = this->header_of(buffer);
      released->clear();
      if (released->generation != seen_generation_) [[unlikely]] {
        strategy_.store_.destroy(released, this->tally());
      } else if (!strategy_.caches_.push(released)) [[unlikely]] {
        spill(released);
      }
    }
    [[nodiscard]] bool housekeep() noexcept {
      if (seen_generation_ != strategy_.size_.load().generation) [[unlikely]] {
        seen_generation_ = strategy_.empty_stacks(this->tally());
      }
      return false;
    }

   private:
    // `stale` came from the stack, from a worker that has not seen the change, or has seen one that this one
    // has not.
    [[nodiscard, gnu::noinline]] Buffer* refill(Buffer* stale) noexcept {
      if (stale != nullptr) {
        strategy_.store_.destroy(stale, this->tally());
      }
      Batch<P> batch{};
      std::uint32_t n = strategy_.list_.get(batch, strategy_.batch_, seen_generation_);
      if (n == 0) {
        if (Buffer* const made = strategy_.store_.make(strategy_.size_.load(), this->tally())) {
          return made;
        }
        strategy_.empty_stacks(this->tally());  // the last resort
        n = strategy_.list_.get(batch, strategy_.batch_, seen_generation_);
      }
      while (n > 1 && strategy_.caches_.push(batch[n - 1])) {
        --n;
      }
      to_list(batch, 1, n);
      return batch[0];
    }
    // A batch goes to the list, this one included.
    [[gnu::noinline]] void spill(Buffer* buffer) noexcept {
      Batch<P> batch{buffer};
      std::uint32_t n = 1;
      while (n < strategy_.batch_ && (batch[n] = strategy_.caches_.pop()) != nullptr) {
        ++n;
      }
      to_list(batch, 0, n);
    }
    // What the list does not take is freed.
    void to_list(Batch<P>& batch, std::uint32_t begin, std::uint32_t end) noexcept {
      if (begin < end) {
        for (std::uint32_t refused = strategy_.list_.put(batch, begin, end); refused != begin; --refused) {
          strategy_.store_.destroy(batch[refused - 1], this->tally());
        }
      }
    }

    PerCpu& strategy_;
    std::uint32_t seen_generation_;
  };
  using Session = KeepingSession<Core>;
  using Slot = EmptySlot;

  explicit PerCpu(const Parameters& parameters)
      : Core(parameters),
        batch_(parameters.max_buffers != 0 ? 1 : parameters.batch),
        caches_(parameters.max_buffers != 0 ? 0 : 2 * parameters.batch),
        list_(parameters.list_bound) {
    empty_stacks(this->books_.outside());
  }
  ~PerCpu() {
    BufferList<P> condemned;
    caches_.drain([&](Buffer* buffer) { condemned.push(buffer); });
    list_.empty(condemned);
    free(condemned, this->books_.outside());
  }

  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return {}; }
  [[nodiscard]] Footprint footprint() {
    Footprint sum = this->books_.sum();
    sum.shared += list_.holding();
    caches_.for_each([&](const Buffer& buffer) { sum.shared += {1, buffer.held_bytes}; });
    return sum;
  }
  // Supposes that all unused buffers are of the size in force, because looking at them would be a race.
  [[nodiscard]] Footprint sample() const {
    Footprint sum = this->books_.sum();
    const std::size_t buffers = list_.size() + caches_.size();
    sum.shared += {buffers, buffers * this->size_.load().bytes};
    return sum;
  }

 private:
  // What lies on the stacks goes to the list, or is freed if it is not of the size in force, whose generation
  // is returned.
  template <class Tally>
  std::uint32_t empty_stacks(Tally& tally) noexcept {
    BufferList<P> condemned;
    const std::uint32_t generation =
        list_.follow(this->size_, condemned, [this](auto use) { caches_.drain(use); });
    free(condemned, tally);
    return generation;
  }
  template <class Tally>
  void free(BufferList<P>& condemned, Tally& tally) noexcept {
    while (Buffer* const buffer = condemned.pop()) {
      this->store_.destroy(buffer, tally);
    }
  }

  std::uint32_t batch_;
  CpuCaches<P, Buffer> caches_;
  BatchList<P> list_;
};
static_assert(Strategy<PerCpu<>>);

}  // namespace baton
