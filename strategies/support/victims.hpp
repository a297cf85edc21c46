// What lay unused when the guard came last, and will be freed when it comes next.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>

#include "strategies/parameters.hpp"
#include "strategies/support/buffer_list.hpp"

namespace baton {

// Of any size. Any thread may call anything.
template <class P>
class alignas(kCacheLineBytes) Victims {
 public:
  using Buffer = StoredBuffer<P>;

  Victims() noexcept { P::named(this, sizeof *this, "victims"); }

  // They become what is in the list, and what they were goes there.
  void exchange(BufferList<P>& list) noexcept {
    const std::lock_guard lock(mutex_);
    std::swap(list_, list);
    count();
  }
  void add(BufferList<P>& list) noexcept {
    const std::lock_guard lock(mutex_);
    while (Buffer* const buffer = list.pop()) {
      list_.push(buffer);
    }
    count();
  }
  // nullptr: there is none.
  [[nodiscard]] Buffer* one() noexcept {
    if (size() == 0) {  // who sees an old number makes a buffer
      return nullptr;
    }
    const std::lock_guard lock(mutex_);
    Buffer* const buffer = list_.pop();
    count();
    return buffer;
  }
  // Approximate for who does not hold the lock.
  [[nodiscard]] std::uint32_t size() const noexcept {
    return size_.load(std::memory_order_relaxed);  // relaxed: the lock orders those who act on it
  }
  // Exact, so only for quiet users.
  template <class Visitor>
  void for_each(Visitor visit) const {
    list_.for_each(visit);
  }

 private:
  void count() noexcept {
    size_.store(list_.size(), std::memory_order_relaxed);  // relaxed: under the lock, but for size()
  }

  typename P::Mutex mutex_;
  typename P::template Atomic<std::uint32_t> size_{0};
  BufferList<P> list_;
};

}  // namespace baton
