#pragma once

#include <concurrentqueue/concurrentqueue.h>

#include <cstdint>

#include "strategies/adapters/library_pool.hpp"

namespace baton {

// With the tokens its documentation recommends: one of each kind per worker.
template <class Buffer>
class MoodycamelQueue {
  using Queue = moodycamel::ConcurrentQueue<Buffer*>;

 public:
  explicit MoodycamelQueue(std::uint32_t /*list_bound: it has none*/) {}

  class Handle {
   public:
    explicit Handle(MoodycamelQueue& shared) : queue_(shared.queue_), producer_(queue_), consumer_(queue_) {}
    [[nodiscard]] bool try_pop(Buffer*& buffer) noexcept { return queue_.try_dequeue(consumer_, buffer); }
    [[nodiscard]] bool push(Buffer* buffer) noexcept { return queue_.enqueue(producer_, buffer); }

   private:
    Queue& queue_;
    moodycamel::ProducerToken producer_;
    moodycamel::ConsumerToken consumer_;
  };

 private:
  Queue queue_;
};

// moodycamel::ConcurrentQueue as the list of unused buffers. First in, first out: the coldest buffer comes
// back first, which is the row.
template <class P = NativePlatform>
class MoodycamelConcurrentQueue : public LibraryPool<P, MoodycamelQueue<StoredBuffer<P>>> {
 public:
  using LibraryPool<P, MoodycamelQueue<StoredBuffer<P>>>::LibraryPool;
  static constexpr Promises kPromises{
      .name = "moodycamel_concurrent_queue",
      .summary = "moodycamel::ConcurrentQueue with tokens as the shared list",
      .source = "Cameron Desrochers, A Fast General Purpose Lock-Free Queue for C++ (2014)",
      .progress = Progress::lock_free,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * most ever in use at once: the list has no bound",
      .opaque = true,
  };
};
static_assert(Strategy<MoodycamelConcurrentQueue<>>);

}  // namespace baton
