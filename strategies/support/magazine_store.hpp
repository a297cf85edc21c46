// Magazines: batches of unused buffers that change hands as a whole, and the depot where they lie.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include "strategies/parameters.hpp"
#include "strategies/support/buffer_store.hpp"
#include "strategies/support/own_count.hpp"
#include "strategies/support/size_setting.hpp"

namespace baton {

// Room for a batch of buffers that changes hands as a whole.
template <class P>
struct alignas(kCacheLineBytes) Magazine {
  void* memory = nullptr;                               // what the platform gave
  typename P::template Plain<Magazine*> next{nullptr};  // in the depot
  typename P::template Plain<std::uint32_t> rounds{0};  // likewise; a worker keeps the count itself
  std::array<typename P::template Plain<StoredBuffer<P>*>, kMaxBatch> slots{};
};

// A worker's two: the one that it takes from and puts into, and the one before.
template <class P>
struct alignas(kCacheLineBytes) MagazinePair {
  struct Half {
    OwnCount<P> rounds;
    Magazine<P>* magazine = nullptr;  // nullptr: the worker has none (yet), and rounds is 0
  };
  Half loaded, previous;

  MagazinePair() noexcept { P::named(this, sizeof *this, "own supply"); }
  [[nodiscard]] std::uint32_t size() const noexcept { return loaded.rounds + previous.rounds; }
  [[nodiscard]] Holding holding() const noexcept {
    Holding sum;
    for (const Half* half : {&loaded, &previous}) {
      for (std::uint32_t i = 0; i < half->rounds; ++i) {
        const StoredBuffer<P>* const buffer = half->magazine->slots[i];
        sum += {1, buffer->held_bytes};
      }
    }
    return sum;
  }
};

// Full and empty magazines that no worker has. Any thread may call anything.
template <class P>
class alignas(kCacheLineBytes) MagazineStore {
  template <class T>
  using Plain = typename P::template Plain<T>;

 public:
  explicit MagazineStore(std::uint32_t list_bound) noexcept : list_bound_(list_bound) {
    P::named(this, sizeof *this, "depot");
  }
  [[nodiscard]] std::uint32_t buffers() const noexcept {
    return buffers_.load(std::memory_order_relaxed);  // relaxed: the lock orders those who act on it
  }
  [[nodiscard]] Holding holding() const noexcept { return {buffers(), std::size_t{buffers()} * bytes_}; }

  // One with `rounds` buffers of that generation for an empty one, or for none. nullptr: there is none.
  [[nodiscard]] Magazine<P>* exchange_for_full(Magazine<P>* empty, std::uint32_t& rounds,
                                               std::uint32_t generation) noexcept {
    const std::lock_guard lock(mutex_);
    if (generation != generation_) return nullptr;
    Magazine<P>* const full = pop(full_);
    if (full != nullptr) {
      rounds = full->rounds;
      count(buffers() - rounds);
      if (empty != nullptr) push_empty(empty);
    }
    return full;
  }
  // An empty one, nullptr if there is none, for one with `rounds` buffers; that one back if it is not taken.
  [[nodiscard]] Magazine<P>* exchange_for_empty(Magazine<P>* full, std::uint32_t rounds,
                                                std::uint32_t generation) noexcept {
    const std::lock_guard lock(mutex_);
    if (generation != generation_ || buffers() + std::uint64_t{rounds} > list_bound_) return full;
    full->rounds = rounds;
    count(buffers() + rounds);
    push(full_, full);
    return pop(empty_);
  }
  // nullptr: no memory.
  [[nodiscard]] Magazine<P>* empty_one() noexcept {
    {
      const std::lock_guard lock(mutex_);
      if (Magazine<P>* const empty = pop(empty_)) return empty;
    }
    std::size_t room = sizeof(Magazine<P>) + kCacheLineBytes - 1;
    void* const memory = P::allocate(room);
    if (memory == nullptr) {
      return nullptr;
    }
    void* place = memory;
    auto* const made = ::new (std::align(kCacheLineBytes, sizeof(Magazine<P>), place, room)) Magazine<P>;
    made->memory = memory;
    P::named(made, sizeof *made, "magazine");
    return made;
  }
  void leave_empty(Magazine<P>* empty) noexcept {
    const std::lock_guard lock(mutex_);
    push_empty(empty);
  }
  // What is there of an earlier size dies. Returns the generation in force, which is read under the lock.
  template <class Tally>
  std::uint32_t follow(const SizeSetting<P>& setting, BufferStore<P>& store, Tally& tally) noexcept {
    Magazine<P>* condemned = nullptr;
    SizeStamp size{};
    {
      const std::lock_guard lock(mutex_);
      size = setting.load();
      if (generation_ != size.generation) {
        condemned = std::exchange(full_, nullptr);
        count(0);
        generation_ = size.generation;
        bytes_ = size.bytes;
      }
    }
    free(condemned, store, tally);
    return size.generation;
  }
  template <class Tally>
  void clear(BufferStore<P>& store, Tally& tally) noexcept {
    free(full_, store, tally);
    free(empty_, store, tally);
  }

 private:
  static void push(Plain<Magazine<P>*>& list, Magazine<P>* magazine) noexcept {
    magazine->next = list;
    list = magazine;
  }
  void push_empty(Magazine<P>* magazine) noexcept {
    magazine->rounds = 0;
    push(empty_, magazine);
  }
  static Magazine<P>* pop(Plain<Magazine<P>*>& list) noexcept {
    Magazine<P>* const magazine = list;
    if (magazine != nullptr) list = magazine->next;
    return magazine;
  }
  // A chain, with what is in it.
  template <class Tally>
  static void free(Magazine<P>* magazine, BufferStore<P>& store, Tally& tally) noexcept {
    while (magazine != nullptr) {
      for (std::uint32_t i = 0; i < magazine->rounds; ++i) store.destroy(magazine->slots[i], tally);
      Magazine<P>* const next = magazine->next;
      void* const memory = magazine->memory;
      std::destroy_at(magazine);
      P::deallocate(memory);
      magazine = next;
    }
  }
  void count(std::uint32_t buffers) noexcept {
    buffers_.store(buffers, std::memory_order_relaxed);  // relaxed: under the lock, but for sample()
  }

  typename P::Mutex mutex_;
  typename P::template Atomic<std::uint32_t> buffers_{0};
  Plain<std::uint32_t> bytes_{0};
  Plain<std::uint32_t> generation_{0};
  Plain<Magazine<P>*> full_{nullptr};
  Plain<Magazine<P>*> empty_{nullptr};
  std::uint32_t list_bound_;
};

}  // namespace baton
