// The proposal's machinery, shared by two_cache and two_cache_shared_lock: a worker's own supply, the list of
// its thread pool, and what housekeeping moves between them. They differ in whose lock protects the list.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "strategies/parameters.hpp"
#include "strategies/support/buffer_list.hpp"
#include "strategies/support/caching.hpp"
#include "strategies/support/own_count.hpp"
#include "strategies/support/tally.hpp"

namespace baton {

// Room for what a worker may have beyond its supply, and release between two housekeepings (contract, rule
// 8).
inline constexpr std::uint32_t kShelfSlots = 2 * kMaxSupply + 4;

// A worker's unused buffers, all of the size its worker has seen. Only its worker touches it.
template <class P>
struct alignas(kCacheLineBytes) Shelf {
  using Buffer = StoredBuffer<P>;

  OwnCount<P> count;
  std::array<typename P::template Plain<Buffer*>, kShelfSlots> slots{};
  BufferList<P> condemned;  // of an earlier size; freed at the next chance to do so outside a lock

  Shelf() noexcept { P::named(this, sizeof *this, "own supply"); }

  [[nodiscard]] std::uint32_t size() const noexcept { return count; }
  // nullptr if empty. The last one put is the warmest.
  [[nodiscard]] Buffer* pop() noexcept {
    const std::uint32_t n = size();
    if (n == 0) [[unlikely]] {
      return nullptr;
    }
    count = n - 1;
    return slots[n - 1];
  }
  // False if there is no room.
  [[nodiscard]] bool push(Buffer* buffer) noexcept {
    const std::uint32_t n = size();
    if (n == kShelfSlots) [[unlikely]] {
      return false;
    }
    slots[n] = buffer;
    count = n + 1;
    return true;
  }
  // The first one put: what goes back to the pool, so that the warm ones stay. Not empty.
  [[nodiscard]] Buffer* pop_coldest() noexcept {
    const std::uint32_t n = size();
    Buffer* const buffer = slots[0];
    for (std::uint32_t i = 1; i < n; ++i) {
      slots[i - 1] = static_cast<Buffer*>(slots[i]);
    }
    count = n - 1;
    return buffer;
  }
  // Returns how many there were.
  std::uint32_t condemn_all() noexcept {
    const std::uint32_t n = size();
    for (std::uint32_t i = 0; i < n; ++i) {
      condemned.push(slots[i]);
    }
    count = 0;
    return n;
  }
  // Exact, so only for a quiet worker.
  [[nodiscard]] Holding holding() const noexcept {
    Holding sum;
    for (std::uint32_t i = 0; i < size(); ++i) {
      const Buffer* const buffer = slots[i];
      sum += {1, buffer->held_bytes};
    }
    condemned.for_each([&](const Buffer& buffer) { sum += {1, buffer.held_bytes}; });
    return sum;
  }
};

// What may lie unused where nobody else gets at it. Without a limit on buffers that is what the parameters
// say. With one, idle workers keep own_share() each, and one more until their next housekeeping where a list
// has room.
struct Shares {
  std::uint32_t supply;
  std::uint32_t list_bound;
};
constexpr Shares shares(const Parameters& parameters) noexcept {
  const std::uint32_t limit = parameters.max_buffers;
  const std::uint32_t supply = own_share(parameters, parameters.supply);
  if (limit == 0) {
    return {supply, parameters.list_bound};
  }
  const std::uint64_t with_workers =
      std::uint64_t{parameters.workers} * (std::max(supply, kBuffersOfARequest) + 1);
  const std::uint64_t for_lists = limit > with_workers ? limit - with_workers : 0;
  return {supply, static_cast<std::uint32_t>(
                      std::min<std::uint64_t>(parameters.list_bound, for_lists / parameters.pools))};
}

// A worker's side of the exchange.
template <class P>
class Supply {
  using Buffer = StoredBuffer<P>;

 public:
  Supply(WorkerTally<P>& tally, BufferStore<P>& store, const Parameters& parameters, SizeStamp size) noexcept
      : tally_(tally),
        store_(store),
        wanted_(shares(parameters).supply),
        slack_(parameters.max_buffers == 0 ? parameters.slack : 0),
        list_bound_(shares(parameters).list_bound),
        size_(size) {}

  [[nodiscard]] const Shelf<P>& shelf() const noexcept { return shelf_; }

  // From the own supply; made when that is empty. nullptr: exhausted.
  [[nodiscard]] Buffer* acquire() noexcept {
    Buffer* const buffer = shelf_.pop();
    return buffer != nullptr ? buffer : make();
  }
  // To the own supply, unless it is of another size or there is no room.
  void release(Buffer* buffer) noexcept {
    buffer->clear();
    if (buffer->generation != size_.generation || !shelf_.push(buffer)) [[unlikely]] {
      destroy(buffer);
    }
  }
  // The worker owns a buffer more, or less, that did not come from or go to its shelf.
  void gained() noexcept { ++owned_; }
  void lost() noexcept { --owned_; }

  // Whether exchange would do anything. A buffer in use counts as part of the supply, since at a request
  // boundary that can only be the client's (pipelined requests), which the two are meant to include.
  [[nodiscard]] bool exchange_due(SizeStamp size) const noexcept {
    return owned_ + slack_ < wanted_ || (owned_ > wanted_ + slack_ && shelf_.size() != 0) ||
           size_.generation != size.generation;
  }
  // Raises or lowers the supply from and to the list, several at once. The caller holds the list's lock;
  // nothing is made or freed here. The size is read under the lock, so that nobody condemns by a setting
  // older than the list's.
  void exchange(UnusedList<P>& list, const SizeSetting<P>& setting) noexcept {
    const SizeStamp size = setting.load();
    if (size_.generation != size.generation) [[unlikely]] {
      size_ = size;
      owned_ -= shelf_.condemn_all();
    }
    if (list.stamp().generation != size.generation) [[unlikely]] {
      list.restamp(size, shelf_.condemned);
    }
    while (owned_ > wanted_ && shelf_.size() != 0 && list.size() < list_bound_) {
      list.push(shelf_.pop_coldest());
      --owned_;
    }
    while (owned_ < wanted_) {
      Buffer* const unused = list.pop();
      if (unused == nullptr) {
        break;
      }
      put(unused);
      ++owned_;
    }
    missing_ = owned_ < wanted_ ? wanted_ - owned_ : 0;
    excess_ = owned_ > wanted_ ? std::min(owned_ - wanted_, shelf_.size()) : 0;
  }
  // What the last exchange could not do under a lock: frees what is of an earlier size or found no room on
  // the list, and makes what the list could not provide. Less, if the worker came or went nearer to what
  // it wants meanwhile.
  void settle() noexcept {
    while (Buffer* const buffer = shelf_.condemned.pop()) {
      store_.destroy(buffer, tally_);
    }
    for (; excess_ != 0; --excess_) {
      if (owned_ > wanted_ && shelf_.size() != 0) {
        destroy(shelf_.pop_coldest());
      }
    }
    for (; missing_ != 0; --missing_) {
      if (owned_ < wanted_) {
        if (Buffer* const buffer = make()) {
          put(buffer);
        }
      }
    }
  }
  // Frees the surplus if no list will ever take it. Not under a lock.
  void shed() noexcept {
    if (list_bound_ == 0) {
      while (owned_ > wanted_ && shelf_.size() != 0) {
        destroy(shelf_.pop_coldest());
      }
    }
  }
  // For a leaving worker: nothing is wanted any more, and what no exchange takes is to be destroyed.
  void want_nothing() noexcept {
    wanted_ = 0;
    slack_ = 0;
    missing_ = 0;
    excess_ = shelf_.size();
  }

 private:
  // Not inlined, both: what acquire and release do nearly always is a dozen instructions, and the compiler is
  // to put those, and not the allocator's business, into their callers.
  [[nodiscard, gnu::noinline]] Buffer* make() noexcept {
    Buffer* const buffer = store_.make(size_, tally_);
    owned_ += buffer != nullptr ? 1 : 0;
    return buffer;
  }
  [[gnu::noinline]] void destroy(Buffer* buffer) noexcept {
    --owned_;
    store_.destroy(buffer, tally_);
  }
  // There is room: the worker has fewer than wanted_, which is at most kMaxSupply.
  void put(Buffer* buffer) noexcept { static_cast<void>(shelf_.push(buffer)); }

  Shelf<P> shelf_;
  WorkerTally<P>& tally_;
  BufferStore<P>& store_;
  std::uint32_t wanted_;
  std::uint32_t slack_;
  std::uint32_t list_bound_;
  SizeStamp size_;             // the one in force when this worker last looked
  std::uint32_t owned_ = 0;    // on the shelf or in use by this worker; acquire and release do not change it
  std::uint32_t missing_ = 0;  // what the last exchange left to be made,
  std::uint32_t excess_ = 0;   // and to be freed
};

}  // namespace baton
