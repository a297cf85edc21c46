// The list that workers share under a lock of its own, and what crosses it by the batch.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>

#include "strategies/parameters.hpp"
#include "strategies/support/buffer_list.hpp"
#include "strategies/support/size_setting.hpp"

namespace baton {

template <class P>
using Batch = std::array<StoredBuffer<P>*, kMaxBatch>;

// Nothing is made or freed under the lock. Any thread may call anything.
template <class P>
class alignas(kCacheLineBytes) BatchList {
 public:
  using Buffer = StoredBuffer<P>;

  explicit BatchList(std::uint32_t bound) noexcept : bound_(bound) {
    P::named(&mutex_, sizeof mutex_, "list lock");
  }

  // Up to n buffers of that generation to the front of the batch; returns how many.
  [[nodiscard]] std::uint32_t get(Batch<P>& batch, std::uint32_t n, std::uint32_t generation) noexcept {
    const std::lock_guard lock(mutex_);
    std::uint32_t got = 0;
    while (got < n && list_.stamp().generation == generation && (batch[got] = list_.pop()) != nullptr) {
      ++got;
    }
    return got;
  }
  // From `begin` to `end`. Those that find no room, or are of another size, come to stand from `begin` on;
  // returns where they end.
  [[nodiscard]] std::uint32_t put(Batch<P>& batch, std::uint32_t begin, std::uint32_t end) noexcept {
    const std::lock_guard lock(mutex_);
    std::uint32_t refused = begin;
    for (std::uint32_t i = begin; i < end; ++i) {
      if (!put_one(batch[i])) {
        batch[refused++] = batch[i];
      }
    }
    return refused;
  }
  // The size in force is read under the lock. What is of another goes to `condemned`, of the list, and of
  // what `drain`, which is called under the lock with something to call for each buffer, takes from
  // elsewhere; the rest of that goes to the list. Returns the generation in force.
  template <class Drain>
  std::uint32_t follow(const SizeSetting<P>& setting, BufferList<P>& condemned, Drain drain) noexcept {
    const std::lock_guard lock(mutex_);
    const SizeStamp size = setting.load();
    if (list_.stamp().generation != size.generation) {
      list_.restamp(size, condemned);
    }
    drain([&](Buffer* buffer) {
      if (!put_one(buffer)) {
        condemned.push(buffer);
      }
    });
    return size.generation;
  }
  // Everything. For the strategy's destructor.
  void empty(BufferList<P>& condemned) noexcept { list_.restamp({}, condemned); }
  // Exact for quiet users.
  [[nodiscard]] Holding holding() const noexcept { return list_.holding(); }
  [[nodiscard]] std::uint32_t size() const noexcept { return list_.size(); }

 private:
  [[nodiscard]] bool put_one(Buffer* buffer) noexcept {
    const bool fits = buffer->generation == list_.stamp().generation && list_.size() < bound_;
    if (fits) {
      list_.push(buffer);
    }
    return fits;
  }

  typename P::Mutex mutex_;
  UnusedList<P> list_;
  std::uint32_t bound_;
};

}  // namespace baton
