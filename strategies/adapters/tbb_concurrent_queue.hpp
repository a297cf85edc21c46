#pragma once

#include <tbb/concurrent_queue.h>

#include <cstdint>

#include "strategies/adapters/library_pool.hpp"

namespace baton {

template <class Buffer>
class TbbQueue {
  using Queue = tbb::concurrent_queue<Buffer*>;

 public:
  explicit TbbQueue(std::uint32_t /*list_bound: it has none*/) {}

  class Handle {
   public:
    explicit Handle(TbbQueue& shared) noexcept : queue_(shared.queue_) {}
    [[nodiscard]] bool try_pop(Buffer*& buffer) noexcept { return queue_.try_pop(buffer); }
    [[nodiscard]] bool push(Buffer* buffer) noexcept {
      try {
        queue_.push(buffer);
        return true;
      } catch (...) {  // no memory for a page of the queue
        return false;
      }
    }

   private:
    Queue& queue_;
  };

 private:
  Queue queue_;
};

// oneTBB's concurrent_queue as the list of unused buffers. First in, first out, like
// moodycamel_concurrent_queue.
template <class P = NativePlatform>
class TbbConcurrentQueue : public LibraryPool<P, TbbQueue<StoredBuffer<P>>> {
 public:
  using LibraryPool<P, TbbQueue<StoredBuffer<P>>>::LibraryPool;
  static constexpr Promises kPromises{
      .name = "tbb_concurrent_queue",
      .summary = "oneTBB's concurrent_queue as the shared list",
      .source = "oneAPI Threading Building Blocks (Intel, 2006-2021)",
      .progress = Progress::blocking,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * most ever in use at once: the list has no bound",
      .opaque = true,
  };
};
static_assert(Strategy<TbbConcurrentQueue<>>);

}  // namespace baton
