// A LIFO list of unused buffers, linked through their headers. Not synchronised: the owner's lock or
// thread protects it.
#pragma once

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
  // Moves what is not of `generation` to `condemned`; the others keep their order.
  void move_stale_to(BufferList& condemned, std::uint32_t generation) noexcept {
    BufferList kept;
    while (Buffer* const buffer = pop()) {
      (buffer->generation == generation ? kept : condemned).push(buffer);
    }
    while (Buffer* const buffer = kept.pop()) {
      push(buffer);
    }
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

}  // namespace baton
