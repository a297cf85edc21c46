// A buffer that belongs to a place for good: to a session, a slot or a worker.
#pragma once

#include <cstdint>

#include "strategies/support/buffer_store.hpp"
#include "strategies/support/size_setting.hpp"
#include "strategies/support/tally.hpp"

namespace baton {

// Makes the buffer when it is opened and frees it when it dies, on any thread; in between one thread at a
// time uses it. While nobody owns the buffer it is parked with kHolder. `home` is written into the buffer's
// header, for the strategy to know it by.
template <class P, Holder kHolder>
class Place {
 public:
  using Buffer = StoredBuffer<P>;

  // Where memory is short there is no buffer yet; take_out tries again.
  Place(const SizeSetting<P>& size, Books<P>& books, BufferStore<P>& store, std::uint32_t home) noexcept
      : store_(store), outside_(books.outside()), home_(home) {
    make(size.load(), outside_);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { free(outside_); }

  // The buffer, which is parked here, to be used by the caller; nullptr: there is no memory for it.
  [[nodiscard]] Buffer* take_out(SizeStamp size, WorkerTally<P>& tally) noexcept {
    refresh(size, tally);
    if (buffer_ != nullptr) {
      tally.leave(kHolder, buffer_->held_bytes);
    }
    return buffer_;
  }
  static void put_back(Buffer* buffer, WorkerTally<P>& tally) noexcept {
    tally.enter(kHolder, buffer->held_bytes);
  }
  // Replaces the parked buffer if it is of an earlier size and has no unread bytes.
  void refresh(SizeStamp size, WorkerTally<P>& tally) noexcept {
    if (buffer_ != nullptr && (buffer_->generation == size.generation || buffer_->has_unread())) [[likely]] {
      return;
    }
    free(tally);
    make(size, tally);
  }

 private:
  template <class Tally>
  void make(SizeStamp size, Tally& tally) noexcept {
    buffer_ = store_.make(size, tally);
    if (buffer_ != nullptr) {
      buffer_->home = home_;
      tally.enter(kHolder, buffer_->held_bytes);
    }
  }
  template <class Tally>
  void free(Tally& tally) noexcept {
    if (buffer_ != nullptr) {
      tally.leave(kHolder, buffer_->held_bytes);
      store_.destroy(buffer_, tally);
      buffer_ = nullptr;
    }
  }

  BufferStore<P>& store_;
  OutsideTally<P>& outside_;
  Buffer* buffer_ = nullptr;
  std::uint32_t home_;
};

}  // namespace baton
