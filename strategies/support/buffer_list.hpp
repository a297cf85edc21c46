// A LIFO list of unused buffers, linked through their headers. Not synchronised: the owner's lock or
// thread protects it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "strategies/support/buffer_store.hpp"

namespace baton {

template <class P>
class BufferList {
 public:
  using Buffer = StoredBuffer<P>;

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

  void push(Buffer* buffer) noexcept {
    buffer->next = head_;
    head_ = buffer;
    size_ = size_ + 1;
  }
  // nullptr if empty.
  [[nodiscard]] Buffer* pop() noexcept {
    Buffer* const buffer = head_;
    if (buffer != nullptr) {
      head_ = buffer->next;
      size_ = size_ - 1;
    }
    return buffer;
  }
  template <class Visitor>
  void for_each(Visitor visit) const {
    for (const Buffer* buffer = head_; buffer != nullptr; buffer = buffer->next) {
      visit(*buffer);
    }
  }

 private:
  typename P::template Plain<Buffer*> head_{nullptr};
  typename P::template Plain<std::uint32_t> size_{0};
};

// Unused buffers that are all of one size, LIFO, and not synchronised either: the list that workers share
// under a lock. The first kDirect lie in the list itself, and the list is its own book: so neither who puts
// one there nor who takes it touches a header, whose line is likely in another thread's cache and would be
// waited for under the lock.
template <class P>
class UnusedList {
 public:
  using Buffer = StoredBuffer<P>;

  UnusedList() noexcept { P::named(this, sizeof *this, "list"); }

  // What all of them are of. Changed by restamp only.
  [[nodiscard]] SizeStamp stamp() const noexcept { return {bytes_, generation_}; }
  // Approximate for who does not hold the lock.
  [[nodiscard]] std::uint32_t size() const noexcept {
    return size_.load(std::memory_order_relaxed);  // relaxed: the lock orders those who act on it
  }
  [[nodiscard]] Holding holding() const noexcept { return {size(), std::size_t{size()} * bytes_}; }

  // Of stamp().
  void push(Buffer* buffer) noexcept {
    const std::uint32_t n = size();
    if (n < kDirect) [[likely]] {
      direct_[n] = buffer;
    } else {
      linked_.push(buffer);
    }
    resize(n + 1);
  }
  // nullptr if empty.
  [[nodiscard]] Buffer* pop() noexcept {
    const std::uint32_t n = size();
    if (n == 0) {
      return nullptr;
    }
    resize(n - 1);
    if (n > kDirect) [[unlikely]] {
      return linked_.pop();
    }
    return direct_[n - 1];
  }
  // From now on buffers of that size are put here; what there was goes to `condemned`.
  void restamp(SizeStamp stamp, BufferList<P>& condemned) noexcept {
    while (Buffer* const buffer = pop()) {
      condemned.push(buffer);
    }
    bytes_ = stamp.bytes;
    generation_ = stamp.generation;
  }

 private:
  static constexpr std::uint32_t kDirect = 128;

  template <class T>
  using Plain = typename P::template Plain<T>;

  void resize(std::uint32_t size) noexcept {
    size_.store(size, std::memory_order_relaxed);  // relaxed: under the lock, but for sample()
  }

  // The first of direct_ share the line with the count and, if it lies before the list, with the lock.
  typename P::template Atomic<std::uint32_t> size_{0};
  Plain<std::uint32_t> bytes_{0};
  Plain<std::uint32_t> generation_{0};  // 0: of no size yet
  std::array<Plain<Buffer*>, kDirect> direct_{};
  BufferList<P> linked_;  // those beyond kDirect
};

}  // namespace baton
